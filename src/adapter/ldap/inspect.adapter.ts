/** The test of a connection to a directory: goes the way that a sync goes, and says in words how far it came. Changes nothing. */
import { randomBytes } from 'node:crypto';
import { Attribute, Change } from 'ldapts';
import { Fault } from '../../shared/fault.js';
import type { Hosts } from '../../shared/network.js';
import { type ConnectionStep, type Inspection, newSteps, type Steps } from '../../sync/connection.js';
import { TEST_BOUNDS } from './budget.js';
import { type Client, filterOf } from './client.adapter.js';
import { CONTROL } from './control.js';
import * as fault from './fault.js';
import { clientOf, type LdapSettings, wantedFor } from './ldap.adapter.js';
import { type Entry, RESULT, textsOf } from './message.js';
import { allows } from './schema.js';
import { entryReading, hrefOf, keysOf, type Wanted } from './wanted.js';

/** Milliseconds for one answer: somebody is waiting. */
const PATIENCE = 15_000;
/** Pages of 500 entries that are counted. */
const MOST_PAGES = 40;
/** Entries that are looked at. */
const SAMPLE = 500;
const PRESENT = '(objectClass=*)';

/** Where codes go: the first of `attributes`, as the carrier of the book says. */
export const inspectLdap = async (settings: LdapSettings, hosts?: Hosts): Promise<Inspection> => {
  const steps = newSteps();
  let client: Client | undefined, at: ConnectionStep['step'] = 'address', contacts: number | null = null;
  try {
    client = clientOf({ ...settings, timeout: settings.timeout ?? PATIENCE, bounds: { ...TEST_BOUNDS, ...settings.bounds } }, hosts);
    const wanted = wantedFor(settings);
    filterOf(wanted.filter);
    await client.check();
    steps.pass('address', `The server is ${client.host}, port ${client.target.port}.`);
    at = 'connection';
    await client.dial();
    sayReached(steps, client);
    at = 'signIn';
    await signIn(steps, client, settings.username);
    at = 'find';
    await client.asked({ base: wanted.base, scope: 'base', filter: filterOf(PRESENT), attributes: ['1.1'] });
    steps.pass('find', `${wanted.base} is there.`);
    at = 'read';
    const read = await sample(client, wanted);
    contacts = read.count;
    await sayRead(steps, client, wanted, read);
    at = 'write';
    await sayWritable(steps, client, read.entries[0], settings);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    blame(steps, at, thrown);
  } finally { client?.close(); }
  return { steps: steps.all(), found: [], contacts };
};

const blame = (steps: Steps, at: ConnectionStep['step'], { code, message, context }: Fault): void => {
  if (code === 'ldap.certificate' || code === 'ldap.start-tls') {
    steps.pass('connection', `${String(context['host'])} answers.`);
    steps.fail('certificate', message);
  } else if (code === 'ldap.filter' || code === 'ldap.map') steps.fail('read', message);
  else if (at === 'connection' && code === 'ldap.address-refused') steps.fail('address', message);
  else steps.fail(at, message);
};

const sayReached = (steps: Steps, { host, target }: Client): void => {
  steps.pass('connection', `${host} answers.`);
  if (target.secure || target.startTls) { steps.pass('certificate', `The certificate of ${host} is trusted${target.certificate ? ', by the authority that was given' : ''}; the connection is encrypted${target.startTls ? ' with StartTLS' : ''}.`); return; }
  steps.none('certificate', 'The connection is not encrypted: whoever listens on the way can read contacts and the password. Use ldaps:// or StartTLS where the server has it.');
};

const signIn = async (steps: Steps, client: Client, username: string): Promise<void> => {
  await client.signIn();
  const { activeDirectory } = await client.features();
  steps.pass('signIn', `${username === '' ? `${client.host} answers without signing in` : `${client.host} let us in as ${username}`}.${activeDirectory ? ' It is an Active Directory.' : ''}`);
};

interface Sample { entries: Entry[]; /** null: too many to count while somebody waits. */ count: number | null }
/** The first page of entries as a sync reads them, and how many there are. */
const sample = async (client: Client, wanted: Wanted): Promise<Sample> => {
  const attributes = [...wanted.attributes, ...keysOf((await client.features()).activeDirectory), 'objectClass'];
  const ask = { base: wanted.base, filter: filterOf(wanted.filter) };
  const entries: Entry[] = [];
  let count = 0;
  await client.each({ ...ask, attributes }, { entry: (entry) => { if (entries.length < SAMPLE) entries.push(entry); } }, client.budget(), 1);
  const all = await client.each({ ...ask, attributes: ['1.1'] }, { entry: () => { count += 1; } }, client.budget(), MOST_PAGES);
  return { entries, count: all ? count : null };
};

const sayRead = async (steps: Steps, client: Client, { base, filter, map }: Wanted, { entries, count }: Sample): Promise<void> => {
  const [first] = entries;
  if (!first) {
    steps.fail('read', `Under ${base} nothing matches the filter ${filter}, or this user may not see it. Correct the filter, or give the user the right to read the entries.`);
    return;
  }
  if (hrefOf(first) === undefined) throw fault.noId(client.host);
  const { controls, activeDirectory } = await client.features();
  const told = controls.has(CONTROL.sync) ? 'The server tells what has changed (content synchronisation).' : activeDirectory && controls.has(CONTROL.dirSync) ? 'The server tells what has changed (DirSync).' : 'The server does not tell what has changed: it is listed anew each time.';
  const limit = controls.has(CONTROL.paged) ? '' : ' It cannot list in pages: if it grows beyond the size limit of this user, reading stops with a message.';
  const numbers = entries.some((entry) => entryReading(entry, map).numbers.length > 0) ? '' : ` None of the first ${entries.length} has a number in ${map.numbers.map(({ attribute }) => attribute).join(', ')}: callers will not be found. Correct the map, or give the user the right to read these attributes.`;
  steps.pass('read', `${count === null ? 'More than 20,000 entries match' : count === 1 ? '1 entry matches' : `${count} entries match`} the filter.${numbers} ${told}${limit}`);
};

/** Asks for a value to be taken away that is not there: the right is looked at first, and nothing can come of it. */
const sayWritable = async (steps: Steps, client: Client, entry: Entry | undefined, { attributes, username }: LdapSettings): Promise<void> => {
  const attribute = attributes?.[0] ?? 'employeeType';
  if (!entry) return;
  if (username === '') { steps.fail('write', 'Nobody in particular is signed in, so that codes cannot be written. They can be read.'); return; }
  const never = new Attribute({ type: attribute, values: [randomBytes(8).toString('hex').toUpperCase()] });
  const { result } = await client.modify(entry.dn, [new Change({ operation: 'delete', modification: never })], []);
  if (result.code === RESULT.insufficientAccess || result.code === RESULT.strongAuth) steps.fail('write', `${username} may not write ${attribute} of ${entry.dn}. Codes can be read, but not set from Ringbook. Give the user the right to write this attribute.`);
  else if (result.code === RESULT.undefinedType) steps.fail('write', `The directory knows no attribute ${attribute}. Choose another one for codes, or have the schema extended.`);
  else if (result.code === RESULT.referral) steps.fail('write', fault.copyOnly(client.host, fault.referredTo(result.referrals)).message);
  else if (await isAllowed(client, entry, attribute) === false) steps.fail('write', `The entries are of a kind (${textsOf(entry, 'objectClass').join(', ')}) that does not have ${attribute}. Choose another attribute for codes.`);
  else if (result.code === RESULT.noSuchAttribute || result.code === RESULT.success) steps.pass('write', `Codes can be written to ${attribute}.`);
  else steps.none('write', `Whether codes can be written to ${attribute} shows when the first one is set.`);
};

const isAllowed = async (client: Client, entry: Entry, attribute: string): Promise<boolean | undefined> => {
  const one = async (base: string, attributes: string[]): Promise<Entry | undefined> => {
    let found: Entry | undefined;
    await client.ask({ base, scope: 'base', filter: filterOf(PRESENT), attributes }, { entry: (its) => { found = its; } });
    return found;
  };
  const its = await one(entry.dn, ['subschemaSubentry', 'allowedAttributes']);
  const allowed = its ? textsOf(its, 'allowedAttributes') : []; // Active Directory
  if (allowed.length > 0) return allowed.some((name) => name.toLowerCase() === attribute.toLowerCase());
  const schema = its ? textsOf(its, 'subschemaSubentry')[0] : undefined;
  const classes = schema === undefined ? undefined : await one(schema, ['objectClasses']);
  return classes && allows(textsOf(classes, 'objectClasses'), textsOf(entry, 'objectClass'), attribute);
};
