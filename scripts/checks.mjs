/** The checks, as check.mjs and test.mjs run them: what later ones read is built first, the rest side by side on two cores. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeTool, pruneDist, ROOT, run, say } from './lib.mjs';

const build = { name: 'types: bridge and contracts', tool: 'tsc', args: ['-b'] };
const others = [
  { name: 'unit tests', tool: 'vitest', args: ['run', '--project', 'unit', '--maxWorkers=2'] },
  { name: 'types: tests', tool: 'tsc', args: ['-p', 'tsconfig.test.json', '--noEmit'] },
  { name: 'types: console', tool: 'tsc', args: ['-p', 'plugins/console', '--noEmit'] },
  { name: 'lint', tool: 'oxlint', args: ['--deny-warnings', 'src', 'test', 'scripts', 'plugins'] },
  { name: 'dependency rules', tool: 'node', args: ['scripts/dependencies.mjs'] },
  { name: 'docs/errors.md', tool: 'node', args: ['scripts/errors.mjs', '--check'], when: 'scripts/errors.mjs' },
  { name: '.env.example and docs/configuration.md', tool: 'node', args: ['scripts/env-example.mjs', '--check'] },
];

/** @returns {Promise<{name: string, code: number, output: string}[]>} */
export const runChecks = async ({ unit = true } = {}) => {
  const first = await one(build);
  pruneDist();
  const waiting = others.filter((check) => (unit || check.tool !== 'vitest') && (!check.when || existsSync(join(ROOT, check.when))));
  const results = [first];
  const lane = async () => { for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await one(next)); };
  await Promise.all([lane(), lane()]);
  return results;
};

const one = async ({ name, tool, args }) => {
  const from = Date.now();
  const { code, output } = await run(nodeTool(tool), args, { show: false, cwd: ROOT, env: { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` } });
  say(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
  return { name, code, output };
};
