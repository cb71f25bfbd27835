/** `npm run dev`: every role with reload, and the console with hot reload at the address vite prints. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, nodeBinary, nodeTool, onStop, ownEnv, ROOT, say } from './lib.mjs';

await install();
await build();

const port = process.env.PORT || '8080';
const children = [
  spawn(nodeTool('tsc'), ['-b', '-w', '--preserveWatchOutput'], options(ROOT)),
  spawn(nodeBinary(), ['--enable-source-maps', '--watch', join(ROOT, 'dist/main.js')], options(ROOT)),
  spawn(nodeTool('vite'), [], options(join(ROOT, 'plugins/console'))),
];
function options(cwd) { return { cwd, env: ownEnv({ RINGBOOK_URL: `http://127.0.0.1:${port}` }), detached: true, stdio: ['ignore', 'inherit', 'inherit'] }; }

let running = children.length;
/** Whole groups: tsc and node --watch have children of their own. */
const stop = (signal) => { for (const child of children) try { process.kill(-child.pid, signal); } catch { /* gone already */ } };
onStop((signal) => { say('stopping'); stop(signal === 'SIGHUP' ? 'SIGTERM' : signal); });
for (const child of children) {
  child.on('exit', () => { running -= 1; if (running === 0) process.exit(0); stop('SIGTERM'); });
}
