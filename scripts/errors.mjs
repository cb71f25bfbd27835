/**
 * Lists the stable error codes that stand in the sources, each with its HTTP status and the files that use it.
 * With --check it fails when docs/errors.md lacks one, explains one that is no more, or gives it another status.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say } from './lib.mjs';

const PAGE = 'docs/errors.md';
const FOLDERS = ['src', ...readdirSync(join(ROOT, 'plugins')).map((name) => `plugins/${name}/src`).filter((path) => existsSync(join(ROOT, path)))];
const CODE = String.raw`[a-z]+(?:[.-][a-z]+)*`;
/** kind, code: as `new Fault(...)` takes them, and as tables of faults hold them. */
const PAIR = new RegExp(String.raw`'(invalid|unauthenticated|forbidden|missing|conflict|limited|unavailable|broken)',\s*'(${CODE})'`, 'g');
/** code: 'x.y', also with a choice between several. What stands in brackets is something else, such as a column. */
const FIELD = /\bcode: ([^()\n]*)/g;
const QUOTED = /'([a-z]+(?:\.[a-z]+(?:-[a-z]+)*)+)'/g;
const FAULT = /\b(?:new Fault|fault)\(\s*([^,]*?),\s*([^,\s]+)/g;

/** Faults whose code is no literal where they are made, by file and argument, and how their codes are found. */
const ELSEWHERE = {
  'src/http/guard.service.ts reason': { kind: ['unauthenticated', 'forbidden'], file: 'src/http/who.ts', pattern: /type Refusal = ([^;]*)/ },
  'src/account/taken.ts code': { kind: ['conflict'], file: 'src/account', pattern: /= taken\('[^']*', ('[^']*')/ },
  'src/sync/book.store.ts PROBLEM': { kind: ['invalid'], file: 'src/sync/book.store.ts', pattern: /const PROBLEM = ('[^']*')/ },
  'src/http/problem.ts known[1]': 'pairs in the same file',
  'src/adapter/dav/fault.ts code': 'pairs in the same file, for address books and for calendars',
  'src/adapter/asterisk/session.adapter.ts code': 'pairs in the same file, given to fault()',
  'src/adapter/asterisk/ami.adapter.ts fault.code': 'a fault told again',
  'src/sync/sync.service.ts thrown.code': 'a fault told again',
  'src/role/sync-threads.service.ts answer.fault.code': 'a fault told again',
};

const filesOf = (dir) => readdirSync(join(ROOT, dir), { withFileTypes: true }).flatMap((entry) => {
  const path = `${dir}/${entry.name}`;
  return entry.isDirectory() ? filesOf(path) : /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) ? [path] : [];
});
const quoted = (text) => [...text.matchAll(QUOTED)].map(([, code]) => code);

/** @returns what one file says: codes with their kind (undefined: not a Fault), and faults whose code cannot be read here */
export const codesIn = (text) => ({
  codes: [
    ...[...text.matchAll(PAIR)].map(([, kind, code]) => ({ code, kind })),
    ...[...text.matchAll(FIELD)].flatMap(([, value]) => quoted(value)).map((code) => ({ code, kind: undefined })),
  ],
  // What has no quote before its first comma is no call with a kind of its own, such as the helper's declaration.
  indirect: [...text.matchAll(FAULT)].filter(([, kind, code]) => !kind.includes(':') && !code.startsWith("'")).map(([, , code]) => code.replace(/[),;]+$/, '')),
});

const sources = new Map(FOLDERS.flatMap(filesOf).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
const problems = [];
/** code -> {kinds, files} */
const found = new Map();
const add = (code, kind, file) => {
  const entry = found.get(code) ?? { kinds: new Set(), files: new Set() };
  found.set(code, entry);
  if (kind) entry.kinds.add(kind);
  entry.files.add(file);
};

for (const [file, text] of sources) {
  const { codes, indirect } = codesIn(text);
  for (const { code, kind } of codes) add(code, kind, file);
  for (const argument of new Set(indirect)) if (!ELSEWHERE[`${file} ${argument}`]) problems.push(`${file}: the code of a Fault is ${argument}; write it as a text, or say in scripts/errors.mjs where its codes stand`);
}
for (const [where, rule] of Object.entries(ELSEWHERE)) {
  if (!sources.has(where.split(' ')[0])) problems.push(`scripts/errors.mjs: ${where} is no more`);
  if (typeof rule === 'string') continue;
  let seen = 0;
  for (const [file, text] of sources) {
    if (!file.startsWith(rule.file)) continue;
    for (const [, part] of text.matchAll(new RegExp(rule.pattern, 'g'))) {
      for (const [at, code] of quoted(part).entries()) { add(code, rule.kind[at] ?? rule.kind[0], file); seen += 1; }
    }
  }
  if (seen === 0) problems.push(`scripts/errors.mjs: ${where} finds no code in ${rule.file}`);
}

/** The HTTP status of each code, as src/http/problem.ts gives it. */
const ofKind = Object.fromEntries([...sources.get('src/shared/fault.ts').matchAll(/(\w+): \{ status: (\d+)/g)].map(([, kind, status]) => [kind, status]));
const special = Object.fromEntries([...sources.get('src/http/problem.ts').matchAll(/'([a-z.-]+)': (4\d\d)/g)].map(([, code, status]) => [code, status]));
/** None for what is no Fault: its status, if any, is given by hand. */
const statusesOf = (code) => (special[code] ? [special[code]] : [...found.get(code).kinds].map((kind) => ofKind[kind]));

const proof = codesIn("throw new Fault('missing', 'a.b', `x`); return { code: yes ? 'c.d' : 'e.f' }; new Fault('conflict', reason, 'x'); q('g.h'); const fault = (kind: Kind, code: string) => 1;");
if (proof.codes.map(({ code }) => code).join() !== 'a.b,c.d,e.f' || proof.indirect.join() !== 'reason') problems.push('self-check: codes are not found as they should be');
if (Object.keys(ofKind).length !== 8 || Object.keys(special).length === 0) problems.push('self-check: the statuses of src/shared/fault.ts and src/http/problem.ts are not found');

if (!process.argv.includes('--check')) {
  for (const code of [...found.keys()].sort()) say(`${code.padEnd(30)} ${(statusesOf(code).join('/') || '-').padEnd(8)} ${[...found.get(code).files].join(' ')}`);
} else {
  const told = new Map();
  for (const [, code, where] of readFileSync(join(ROOT, PAGE), 'utf8').matchAll(new RegExp(String.raw`^\| \`(${CODE})\` \| ([^|]*?) \|`, 'gm'))) {
    if (told.has(code)) problems.push(`${PAGE}: ${code} stands there twice`);
    told.set(code, where);
  }
  for (const code of [...found.keys()].sort()) {
    const where = told.get(code);
    if (where === undefined) problems.push(`${PAGE}: ${code} is missing (${[...found.get(code).files].join(', ')})`);
    else if (/^\d+$/.test(where) && found.get(code).kinds.size > 0 && !statusesOf(code).includes(where)) problems.push(`${PAGE}: ${code} is answered with ${statusesOf(code).join(' or ')}, not ${where}`);
  }
  for (const code of told.keys()) if (!found.has(code)) problems.push(`${PAGE}: ${code} is no longer in the sources`);
}
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
