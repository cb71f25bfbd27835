/** `npm run lab`: the real peers of Ringbook, to play with, left running until Ctrl-C. The peers are in lab-peers.mjs. */
import { build, install, runUntilStopped } from './lib.mjs';
import { installSystemPackages } from './system.mjs';

await installSystemPackages(['radicale']);
await install();
await build();
runUntilStopped('scripts/lab-peers.mjs');
