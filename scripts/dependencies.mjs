/**
 * Holds the dependency rules: dependency-cruiser over dist/ (values), the same table over `import type` lines in src/
 * (types), and no clock or randomness in files without a suffix. Before that it proves, on files made to be wrong, that
 * every rule does catch something.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize, relative } from 'node:path';
import { nodeTool, ROOT, run, say } from './lib.mjs';

const config = join(ROOT, '.dependency-cruiser.cjs');
const require = createRequire(import.meta.url);
const { LAYERS, ALLOWED, rank } = require('./layers.cjs');
const { forbidden } = require(config);

const cruise = async (dir, type) => {
  const { code, output } = await run(nodeTool('depcruise'), ['--config', config, '--output-type', type, dir], { show: false, cwd: dirname(dir) });
  return { code, output };
};

/** Files that break every rule once; each must be reported under that rule's name. */
const WRONG = {
  'number/clock.js': "import 'node:fs'; import '../flow/x.js'; import './x.service.js'; import 'pg';",
  'number/x.service.js': "import '../role/x.js'; import '../../test/x.js'; import './missing.js';",
  'number/cycle.js': "import './cycle2.js';", 'number/cycle2.js': "import './cycle.js';",
  'adapter/one/a.adapter.js': "import '../two/b.adapter.js';", 'adapter/two/b.adapter.js': '',
  'flow/x.js': '', 'role/x.js': '', '../test/x.js': '',
  ...Object.fromEntries(LAYERS.flat().filter((folder) => folder !== 'role').map((folder) => [`${folder}/up.service.js`, "import '../role/x.js';"])),
};
const selfCheck = async () => {
  const dir = join(ROOT, '.cache/wrong/dist');
  rmSync(dirname(dir), { recursive: true, force: true });
  for (const [name, text] of Object.entries(WRONG)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const { output } = await cruise(dir, 'json');
  const caught = new Set(JSON.parse(output).summary.violations.map(({ rule }) => rule.name));
  rmSync(dirname(dir), { recursive: true, force: true });
  return forbidden.map(({ name }) => name).filter((name) => !caught.has(name)).map((name) => `self-check: rule ${name} does not catch what it should`);
};

const sources = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
  const path = join(dir, entry.name);
  return entry.isDirectory() ? sources(path) : entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
});

/** Types may be taken from store/schema.ts by everybody, and by it from everybody: it is made of their shapes. */
const SHAPES = 'store/schema';
const wrongTypes = (file, text) => [...text.matchAll(/^(?:import|export)\s+type\s[^;]*?from\s+'(\.[^']+)'/gm)].flatMap(([, target]) => {
  const [from, to] = [relative('src', file), relative('src', normalize(join(dirname(file), target)))].map((path) => path.replace(/\.[jt]s$/, ''));
  const [a, b] = [from, to].map((path) => path.split('/')[0]);
  const fine = a === b || a === 'role' || from === SHAPES || to === SHAPES || rank(b) < rank(a) || rank(a) === -1
    || ALLOWED.some(([x, y]) => from.startsWith(x) && to.startsWith(y));
  return fine ? [] : [`one-way-${a} (type): ${file} -> src/${to}.ts`];
});

const CLOCK = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bcrypto\.|\bset(?:Timeout|Interval|Immediate)\(|\bprocess\.|\bconsole\./;
const wrongCalls = (file, text) => {
  if (!/^src\/.+\/[^/.]+\.ts$/.test(file)) return [];
  return text.split('\n').flatMap((line, index) => (CLOCK.test(line.replace(/\/\/.*|^\s*\*.*|\/\*.*?\*\//g, '')) ? [`pure (clock, randomness, I/O): ${file}:${index + 1} ${line.trim()}`] : []));
};

const provesItself = wrongTypes('src/number/x.ts', "import type { A } from '../flow/y.js';").length === 1 && wrongCalls('src/number/x.ts', 'const a = Date.now();').length === 1;
const known = new Set(LAYERS.flat());
const problems = [
  ...provesItself ? [] : ['self-check: the check of types or of the clock does not catch what it should'],
  ...await selfCheck(),
  ...readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && !known.has(entry.name)).map(({ name }) => `src/${name}/ has no place in LAYERS of .dependency-cruiser.cjs`),
  ...sources(join(ROOT, 'src')).flatMap((path) => {
    const [file, text] = [relative(ROOT, path), readFileSync(path, 'utf8')];
    return [...wrongTypes(file, text), ...wrongCalls(file, text)];
  }),
];
const { code, output } = await cruise(join(ROOT, 'dist'), 'err');
for (const problem of problems) say(problem);
if (code !== 0) say(output.trim());
process.exit(problems.length > 0 || code !== 0 ? 1 : 0);
