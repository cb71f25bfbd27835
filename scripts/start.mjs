/** `npm start`: installs and builds what is missing, then runs the bridge until Ctrl-C. Nothing is left running. */
import { build, install, runUntilStopped } from './lib.mjs';

await install();
await build();
runUntilStopped('dist/main.js');
