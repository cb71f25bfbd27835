/** Starts the roles of this process, and ends them on Ctrl-C, SIGTERM, or when who started us is gone. */
import { Agent, setGlobalDispatcher } from 'undici';
import { readConfig } from './config/env.adapter.js';
import { greeting } from './role/greeting.js';
import { openLog } from './role/log.adapter.js';
import { Process } from './role/start.service.js';
import { Fault } from './shared/fault.js';

// Node 24's own fetch ends the process when a peer sends much and closes (an assertion in its undici 7): ours is undici 8.
setGlobalDispatcher(new Agent());

/** Longer than the steps of stopping together may take; then Ringbook goes all the same. */
const STOP_MS = 45_000;
const SAME_MS = 1000;

const fail = (thrown: unknown): void => {
  process.exitCode = 1;
  process.stderr.write(`\n${thrown instanceof Fault ? thrown.message : String((thrown as Error)?.stack ?? thrown)}\n\n`);
};

const run = async (): Promise<void> => {
  // Whoever read what we print may be gone, and calls go on: an error of the pipe is nobody's news.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const config = readConfig();
  const log = openLog(config);
  const bridge = new Process(config, log);
  let asked = 0;
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => { log.error('stopping took too long'); void bridge.kill().then(() => process.exit(1)); }, STOP_MS).unref();
    await started;
    await bridge.stop();
    process.exit();
  };
  const told = (): void => {
    const first = asked === 0;
    if (!first && Date.now() - asked < SAME_MS) return; // the terminal and npm both tell us about one Ctrl-C
    asked = Date.now();
    if (!first) { process.stderr.write('stopping at once\n'); void bridge.kill().then(() => process.exit(130)); return; }
    process.stdout.write('\nstopping ...\n');
    void stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, told);
  // A bug of ours must not leave a process that half works; who watches us starts a new one, and calls go on meanwhile.
  const broken = (thrown: unknown): void => {
    if (stopping) return; // said once: saying it may itself be what fails
    void stop();
    log.fatal(thrown, 'unexpected error');
    fail(thrown);
  };
  process.on('uncaughtException', broken).on('unhandledRejection', broken);
  process.on('disconnect', told); // npm start was killed
  const started = bridge.start().then((facts) => { if (!stopping) process.stdout.write(greeting(facts)); }, (thrown: unknown) => { fail(thrown); void stop(); });
  await started;
};

run().catch((thrown: unknown) => { fail(thrown); process.exit(1); });
