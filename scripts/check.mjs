/** `npm run check`: types, lint, dependency rules, unit tests. What to run before every commit. */
import { install, say } from './lib.mjs';
import { runChecks } from './checks.mjs';

await install();
const failed = (await runChecks()).filter(({ code }) => code !== 0);
if (failed.length > 0) {
  for (const { name, output } of failed) say(`\n--- ${name} ---\n${output.trimEnd()}`);
  say(`\nfailed: ${failed.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
say('all well');
