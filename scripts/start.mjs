/** `npm start`: installs and builds what is missing, then runs the bridge until Ctrl-C. Nothing is left running. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, nodeBinary, onStop, ownEnv, ROOT } from './lib.mjs';

await install();
await build();

// A group of its own: Ctrl-C reaches the bridge once, through us. The channel tells it when we are killed.
const child = spawn(nodeBinary(), ['--enable-source-maps', join(ROOT, 'dist/main.js')], { cwd: ROOT, env: ownEnv(), detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
onStop((signal, times) => child.kill(times > 1 ? 'SIGINT' : signal));
child.on('error', (error) => { console.error(error.message); process.exit(1); });
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
