/**
 * `npm run call -- --from +4930123456 --to +4989100101`: makes a call arrive at the practice phone system of the running bridge,
 * and says what happens to it, as the caller notices it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib.mjs';

const USAGE = `usage: npm run call -- --from NUMBER --to NUMBER [options]
  --from NUMBER     who calls, such as +4930123456 (or 101, 102: one of the practice telephones); not needed with --withheld
  --to NUMBER       who is called: +4989100101 is Alice, +4989100102 is Bob
  --name NAME       the name that is sent along
  --withheld        the number is not to be shown
  --keys KEYS       presses these keys two seconds after the answer, for menus
  --seconds N       hangs up N seconds after the answer; without it, the other side does (Ctrl-C hangs up)
  --data DIR        the bridge's DATA_DIR (default: DATA_DIR or ./data)`;

const SOMEBODY = '+493012345678';
const fail = (message, code = 1) => { console.error(message); process.exit(code); };

const read = () => {
  try {
    const options = { from: { type: 'string' }, to: { type: 'string' }, name: { type: 'string' }, withheld: { type: 'boolean' }, keys: { type: 'string' }, seconds: { type: 'string' }, data: { type: 'string' }, help: { type: 'boolean' } };
    return parseArgs({ options }).values;
  } catch (error) { return fail(`${error.message}\n\n${USAGE}`, 2); }
};
// Without the -- npm takes the options for its own, and leaves us the numbers alone.
if (process.env.npm_lifecycle_event === 'call' && process.argv[2]?.startsWith('-') !== true && process.argv.length > 2) {
  fail(`Two dashes must stand before the options: npm run call -- --from NUMBER --to NUMBER\n\n${USAGE}`, 2);
}
const given = read();
if (given.help) { console.log(USAGE); process.exit(0); }
const missing = [given.from || given.withheld ? '' : '--from', given.to ? '' : '--to'].filter(Boolean);
if (missing.length > 0) fail(`${missing.join(' and ')} must be given\n\n${USAGE}`, 2);
const seconds = given.seconds === undefined ? undefined : Number(given.seconds);
if (seconds !== undefined && !(seconds > 0 && seconds <= 3600)) fail('--seconds must be a number from 1 to 3600', 2);

const main = join(ROOT, 'dist/practice/practice.service.js');
if (!existsSync(main)) fail('Ringbook has not been built yet: "npm start" does that, and starts the practice phone system.');
const { placePracticeCall } = await import(main);
const { readConfig } = await import(join(ROOT, 'dist/config/env.adapter.js')); // DATA_DIR may stand in .env

const after = (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
const who = given.withheld ? 'a withheld number' : `${given.from}${given.name ? ` (${given.name})` : ''}`;
const say = {
  calling: () => console.log(`calling ${given.to} from ${who}`),
  ringing: (ms) => console.log(`ringing after ${after(ms)}`),
  early: (ms) => console.log(`something is to be heard before the answer, after ${after(ms)}`),
  answered: (ms) => console.log(`answered after ${after(ms)}`),
};
const REFUSED = { 404: 'there is no such number here', 480: 'nobody can be reached', 486: 'busy', 603: 'declined', 503: 'the telephone system cannot take the call' };
const ending = (result) => {
  if (result.endedBy === 'refused') return `refused: ${REFUSED[result.finalCode] ?? 'SIP'} (${result.finalCode})`;
  if (result.endedBy === 'failed') return `failed: ${result.complaint || 'the telephone system does not answer'}`;
  const by = result.endedBy === 'callee' ? 'the other side hung up' : 'the caller hung up';
  return `ended after ${after(result.endedMs)}: ${by}${result.answeredMs === undefined ? ', without an answer' : ''}`;
};

try {
  const call = await placePracticeCall({
    dataDir: given.data ?? readConfig().dataDir, from: given.from ?? SOMEBODY, to: given.to, name: given.name, withheld: given.withheld,
    keys: given.keys, seconds, onProgress: (event, ms) => say[event]?.(ms),
  });
  process.on('SIGINT', () => call.hangUp());
  process.on('SIGTERM', () => call.hangUp());
  const result = await call.result;
  console.log(ending(result));
  process.exit(result.endedBy === 'failed' ? 1 : 0);
} catch (error) { fail(error.message); }
