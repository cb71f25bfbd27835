/**
 * Writes `.env.example` and `docs/configuration.md` from the schema in src/config/config.ts (as built in dist/).
 * With --check it writes nothing and fails when one of them is not what it would write.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, say } from './lib.mjs';

const { environment } = await import(join(ROOT, 'dist/config/config.js'));

const options = Object.entries(environment.shape).map(([name, schema]) => {
  const { description, example, unset } = schema.meta();
  return { name, description, example, unset: unset ?? `\`${example}\`` };
});
const plain = (text) => text.replaceAll('`', '');

const envExample = `# Every option of Ringbook; all may stay unset. Generated from src/config/config.ts by scripts/env-example.mjs.
# Copy this file to .env and take away the # where you want something else.
${options.map(({ name, description, example, unset }) => `\n# ${description}\n# Unset: ${plain(unset)}.\n#${name}=${example}\n`).join('')}`;

const page = `# Configuration

Ringbook starts without any configuration. Options come from the environment, or from a file \`.env\` in the folder it is
started from; the environment wins, and an empty value counts as unset. A wrong option stops the start with one message
that names all wrong options.

<!-- Generated from src/config/config.ts by scripts/env-example.mjs: edit there. -->

| option | what it is for | unset |
|---|---|---|
${options.map(({ name, description, unset, example }) => `| \`${name}\` | ${description}${example && unset !== `\`${example}\`` ? ` Example: \`${example}\`` : ''} | ${unset} |`).join('\n')}
`;

let stale = 0;
for (const [path, text] of [['.env.example', envExample], ['docs/configuration.md', page]]) {
  const file = join(ROOT, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is not what src/config/config.ts says: run  npm run build && node scripts/env-example.mjs`);
    stale += 1;
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  say(`wrote ${path}`);
}
process.exit(stale ? 1 : 0);
