/**
 * `npm test`: installs what the tests need, runs all of them, and ends with one line: N passed, N failed, N skipped.
 * Every check of `npm run check` counts as one. Under CI=true nothing may be skipped.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, nodeTool, ROOT, run, say } from './lib.mjs';
import { runChecks } from './checks.mjs';
import { installSystemPackages } from './system.mjs';

/** Every project of vitest.config.ts but the benchmarks, in its order: a new one cannot be forgotten here. */
const PROJECTS = [...readFileSync(join(ROOT, 'vitest.config.ts'), 'utf8').matchAll(/name: '([a-z0-9-]+)'/g)].map(([, name]) => name).filter((name) => name !== 'bench');
const RESULTS = join(ROOT, '.cache/results');

await installSystemPackages();
await install();
await build();

const total = { passed: 0, failed: 0, skipped: 0 };
const add = (passed, failed, skipped = 0) => { total.passed += passed; total.failed += failed; total.skipped += skipped; };

const checks = [await lockProof(), ...await runChecks({ unit: false })];
for (const { name, code, output } of checks) {
  add(code === 0 ? 1 : 0, code === 0 ? 0 : 1);
  if (code !== 0) say(`\n--- ${name} ---\n${output.trimEnd()}\n`);
}
const only = process.argv.slice(2).filter((arg) => PROJECTS.includes(arg));
for (const project of only.length > 0 ? only : PROJECTS) await runProject(project);

const { passed, failed, skipped } = total;
const bad = failed > 0 || passed === 0 || (process.env.CI === 'true' && skipped > 0);
if (failed === 0 && skipped > 0 && bad) say('under CI=true nothing may be skipped');
say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(bad ? 1 : 0);

/** Proves that the lock file can be installed from as it stands, on this machine's registry. */
async function lockProof() {
  const { code, output } = await run('npm', ['ci', '--dry-run', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund'], { show: false });
  say(`${code === 0 ? 'ok    ' : 'FAILED'}  lock file`);
  return { name: 'lock file', code, output };
}

/** Runs one vitest project; what it counted is read from its JSON report. A run that breaks off counts as one failure. */
async function runProject(project) {
  const file = join(RESULTS, `${project}.json`);
  mkdirSync(RESULTS, { recursive: true });
  rmSync(file, { force: true });
  say(`\n== ${project} ==`);
  const { code } = await run(nodeTool('vitest'), ['run', '--project', project, '--maxWorkers=2', '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const counted = report?.numFailedTests ?? 0;
  add(report?.numPassedTests ?? 0, code !== 0 && counted === 0 ? 1 : counted, (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0));
}
