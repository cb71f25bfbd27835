/**
 * `npm run bench`: every test/bench/*.bench.ts in one run, then one table: what, how much, and what it is held against.
 * A bench is a vitest test that calls `measured(...)` of test/bench/report.ts.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, nodeTool, ROOT, run, say } from './lib.mjs';

await install();
await build();
const out = join(ROOT, '.cache/bench.jsonl');
mkdirSync(join(ROOT, '.cache'), { recursive: true });
rmSync(out, { force: true });
const { code } = await run(nodeTool('vitest'), ['run', '--project', 'bench', '--passWithNoTests', ...process.argv.slice(2)], { env: { BENCH_OUT: out } });

const rows = existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
const table = [['what', 'measured', 'held against'], ...rows.map(({ what, value, unit, against }) => [what, `${value} ${unit}`, against])];
const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => [...row[column]].length)));
say('');
for (const row of table) say(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
process.exit(code);
