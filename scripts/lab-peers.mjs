/** The peers of the lab, from the built code: Asterisk with telephones, Radicale, PostgreSQL. Data lies in .cache/lab. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { practiceCards } from '../dist/contact/practice.js';
import { startPracticePhones } from '../dist/practice/practice.service.js';
import { freePort } from '../dist/store/cluster.adapter.js';
import { startEmbedded } from '../dist/store/embedded.adapter.js';
import { ROOT, say } from './lib.mjs';

const dir = join(ROOT, '.cache/lab');
const undo = [];
let stopping = false;
const stop = async (code) => {
  if (stopping) return;
  stopping = true;
  for (const end of undo.toReversed()) await end();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(signal, () => void stop(0));

/** One user, one address book with the people of the practice world. */
const startRadicale = async () => {
  const home = join(dir, 'radicale');
  const book = join(home, 'collection-root/anna/contacts');
  const port = await freePort();
  mkdirSync(book, { recursive: true });
  writeFileSync(join(book, '.Radicale.props'), JSON.stringify({ tag: 'VADDRESSBOOK', 'D:displayname': 'Contacts' }));
  for (const [name, card] of practiceCards()) if (!existsSync(join(book, name))) writeFileSync(join(book, name), card);
  writeFileSync(join(home, 'users'), 'anna:secret\n');
  writeFileSync(join(home, 'config'), `[server]\nhosts = 127.0.0.1:${port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = ${join(home, 'users')}\nhtpasswd_encryption = plain\n[storage]\nfilesystem_folder = ${home}\n[logging]\nlevel = warning\n`);
  const child = spawn('radicale', ['--config', join(home, 'config')], { stdio: 'ignore', detached: true });
  child.on('error', (error) => { console.error(`Radicale: ${error.message}`); void stop(1); });
  undo.push(() => new Promise((resolve) => { if (child.exitCode !== null || !child.kill()) resolve(); else child.once('exit', resolve); }));
  return `http://127.0.0.1:${port}/anna/contacts/`;
};

try {
  const postgres = await startEmbedded({ dir, log: say });
  undo.push(() => postgres.stop());
  const phones = await startPracticePhones({ dataDir: dir, phoneSystem: join(ROOT, '.cache/phone-system'), log: say });
  undo.push(() => phones.stop());
  const book = await startRadicale();
  say(`
The lab is running.
  PostgreSQL   DATABASE_URL=${postgres.url}
  Asterisk     AMI_URL=${phones.amiUrl}
               PBX_SPOOL_DIR=${join(dir, 'spool')}   SIP ${phones.sipAddress}
               a call: npm run call -- --data ${dir} --from +493023125101 --to +4989100101
  Radicale     ${book}   user anna, password secret
  Ctrl-C stops everything.
`);
} catch (error) {
  console.error(error.message);
  await stop(1);
}
