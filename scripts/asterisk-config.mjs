/**
 * `npm run asterisk-config -- ...`: writes Ringbook's part of the configuration of a real Asterisk, and says what to include where.
 * Nothing on the telephone system is touched.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib.mjs';

const USAGE = `usage: npm run asterisk-config -- --number NUMBER=TELEPHONE ... --outbound DIALSTRING --spool DIR [options]
  --number +49891234=PJSIP/101   a number Ringbook answers for, and what rings when Ringbook is not there; repeat it.
                                 The trunk's spellings follow commas: +49891234,0891234=PJSIP/101 (default: +49.., 49.., 0049..)
  --outbound 'PJSIP/\${EXTEN}@trunk'   how the telephone system reaches a number outside
  --spool DIR                    the folder that Ringbook and Asterisk share (PBX_SPOOL_DIR)
  --out DIR                      where to write the two files (default: the current folder)
  --user NAME                    the manager user (default: ringbook)
  --secret SECRET                its password (default: a random one)
  --confirm PATH                 what somebody outside hears before pressing 1 (default: a sound that comes with Asterisk)
  --permit ADDRESS/MASK          from where Ringbook connects (default: 127.0.0.1/255.255.255.255)
  --fallback-seconds N           how long the telephone rings when Ringbook is not there (default: 30)`;

const fail = (message, code = 1) => { console.error(message); process.exit(code); };
const read = () => {
  try {
    const text = { type: 'string' };
    const options = { number: { type: 'string', multiple: true }, outbound: text, spool: text, out: text, user: text, secret: text, permit: text, confirm: text, 'fallback-seconds': text, help: { type: 'boolean' } };
    return parseArgs({ options }).values;
  } catch (error) { return fail(`${error.message}\n${USAGE}`, 2); }
};
const given = read();
if (given.help) { console.log(USAGE); process.exit(0); }
if (!given.number || !given.outbound || !given.spool) fail(USAGE, 2);

const numbers = given.number.map((text) => {
  const cut = text.indexOf('=');
  if (cut < 0) fail(`--number must be NUMBER=TELEPHONE, such as +49891234=PJSIP/101, not ${JSON.stringify(text)}`, 2);
  const [number, ...spellings] = text.slice(0, cut).split(',');
  return { number, fallback: text.slice(cut + 1), dialled: spellings.length > 0 ? [number, ...spellings] : undefined };
});

if (!existsSync(join(ROOT, 'dist/line/dialplan.js'))) fail('Ringbook has not been built yet: "npm run build" does that.');
const { dialplanContext, managerContext } = await import(join(ROOT, 'dist/line/dialplan.js'));
const { renderTemplate } = await import(join(ROOT, 'dist/practice/templates.adapter.js'));

const user = given.user ?? 'ringbook';
const secret = given.secret ?? randomBytes(24).toString('base64url');
const fallbackSeconds = given['fallback-seconds'] === undefined ? undefined : Number(given['fallback-seconds']);
const out = resolve(given.out ?? '.');
const spool = given.spool.replace(/(.)\/+$/, '$1');
try {
  const dialplan = dialplanContext({ numbers, outbound: given.outbound, spool, fallbackSeconds, confirmPrompt: given.confirm });
  const manager = managerContext({ user, secret, permit: given.permit ?? '127.0.0.1/255.255.255.255' });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'extensions_ringbook.conf'), await renderTemplate('extensions_ringbook.conf', dialplan));
  writeFileSync(join(out, 'manager_ringbook.conf'), await renderTemplate('manager_ringbook.conf', manager), { mode: 0o600 });
} catch (error) { fail(error.message); }

console.log(`Written: ${join(out, 'extensions_ringbook.conf')}
         ${join(out, 'manager_ringbook.conf')} (holds the password: readable by you alone; give it to Asterisk's user)

On the telephone system:
  1. copy both files to /etc/asterisk
  2. extensions.conf, at the end:             #include extensions_ringbook.conf
     in the context where your trunk's calls arrive:
                                              include => ringbook-in
     Asterisk looks into included contexts only when nothing of the context's own fits: if it has a pattern that fits these
     numbers too, such as _X., move that into a context of its own and include it after ringbook-in
  3. manager.conf, at the end:                #include manager_ringbook.conf
     in [general] enabled = yes; when Ringbook is on another machine, bindaddr and TLS as you see fit
  4. mkdir -p ${spool}/prompts ${spool}/speech ${spool}/voicemail
     readable and writable for Asterisk and for Ringbook, under the same path on both, and for nobody else: voices of callers
     lie there (chgrp a group that both are in, and chmod 2770)
  5. asterisk -rx "dialplan reload"; asterisk -rx "manager reload"

For Ringbook:
  AMI_URL=ami://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@HOST:5038
  PBX_SPOOL_DIR=${spool}

Until Ringbook connects, and whenever it is gone, the numbers ring their telephones as if it were not there.`);
