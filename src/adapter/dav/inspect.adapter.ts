/** The test of a connection to a DAV server: goes the way that a sync goes, and says in words how far it came. */
import { Fault } from '../../shared/fault.js';
import type { Hosts } from '../../shared/network.js';
import { type Inspection, newSteps, type Steps } from '../../sync/connection.js';
import { DavAccount, type DavSettings, type FoundAt } from './account.adapter.js';
import { TEST_MOST } from './allowance.adapter.js';
import { DavCollection } from './collection.adapter.js';
import { allOf, type Collection } from './discover.adapter.js';
import type { DavKind } from './kind.js';
import type { Candidate } from './names.adapter.js';

/** Milliseconds for one answer: somebody is waiting. */
const PATIENCE = 30_000;

/** `kind`: what is looked for; every address book and calendar of the account is named, whichever it is. */
export const inspectDav = async (given: DavSettings, kind: DavKind, hosts?: Hosts): Promise<Inspection> => {
  const settings = { ...given, location: null, timeout: given.timeout ?? PATIENCE, most: given.most ?? TEST_MOST };
  const steps = newSteps();
  let account: DavAccount | undefined;
  let found: (FoundAt & { all: Collection[] }) | undefined;
  let contacts: number | null = null;
  try {
    account = new DavAccount({ ...settings, location: given.location }, kind, hosts);
    const at = await account.find();
    found = { ...at, all: await allOf(at.http, at) };
    sayReached(steps, account, at);
    sayFound(steps, kind, at);
    contacts = await count(settings, kind, hosts, at);
    steps.pass('read', contacts === 1 ? `It holds 1 ${kind.one}.` : `It holds ${contacts} ${kind.items}.`);
    sayWritable(steps, kind, at.collections[0]!);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    blame(steps, thrown, found === undefined ? account?.tried : undefined);
  }
  return { steps: steps.all(), contacts, found: found ? found.all.map(({ path, ...rest }) => ({ ...rest, url: found.http.base.origin + path })) : [] };
};

const count = async (settings: DavSettings, kind: DavKind, hosts: Hosts | undefined, { http, collections }: FoundAt): Promise<number> => {
  const location = http.base.origin + collections[0]!.path;
  const source = new DavCollection({ ...settings, location: /^https?:\/\//i.test(settings.url) ? collections[0]!.path : location }, kind, hosts);
  await source.open();
  return (await source.list(null)).items.length;
};

const sayReached = (steps: Steps, { address, username }: DavAccount, { http, place }: FoundAt): void => {
  const { host, protocol } = http.base;
  const who = username === '' ? '' : ` The user name is ${username}.`;
  steps.pass('address', `${place.named ?? (address.kind === 'domain' ? `The address is taken as ${http.base.href}` : `The server is ${host}`)}.${who}`);
  steps.pass('connection', `${host} answers.`);
  sayTls(steps, protocol, host, place);
  steps.pass('signIn', `${host} let us in ${http.way()}.`);
};
const sayTls = (steps: Steps, protocol: string, host: string, { named }: Candidate): void => {
  if (protocol === 'https:') { steps.pass('certificate', `The certificate of ${host} is trusted.`); return; }
  steps.none('certificate', `The connection is not encrypted, because ${named === undefined ? 'the address starts with http://' : 'the DNS record names a server without TLS'}: whoever listens on the way can read contacts${named === undefined ? ' and, with Basic sign-in, the password' : '; your password is not sent as it is'}. Use https where the server has it.`);
};

const sayFound = (steps: Steps, { plural, called }: DavKind, { collections }: FoundAt): void => {
  const [first, ...others] = collections.map(({ name, path }) => (name ? `"${name}"` : path));
  steps.pass('find', others.length === 0 ? `The ${called} ${first} is there.` : `${collections.length} ${plural} are there. ${first} is the first, and the one that is taken; the others are ${others.slice(0, 10).join(', ')}${others.length > 10 ? ' and more' : ''}. Tick those you want, or add each with its own address.`);
};

const sayWritable = (steps: Steps, { label }: DavKind, { readOnly }: Collection): void => {
  if (label === 'calendar') steps.none('write', 'Calendars are only read.');
  else if (readOnly === true) steps.fail('write', 'This user may read the address book but not change it: callers are known, but codes cannot be written to it. Give the user the right to write on the server, or keep codes somewhere else.');
  else steps.pass('write', readOnly === null ? 'The server does not say whether this user may change contacts. The first code that is set will show it.' : 'This user may change contacts, so codes can be written.');
};

/** Which step this trouble belongs to. Those before it went well, or there would have been another trouble. */
const blame = (steps: Steps, { code, message, context }: Fault, last: DavAccount['tried']): void => {
  const name = code.slice(code.indexOf('.') + 1);
  if (!last) { steps.fail(steps.all().some(({ step, ok }) => step === 'find' && ok === true) ? 'read' : 'address', message); return; }
  const { place, http } = last;
  const { host, protocol } = http.base;
  const address = (): void => steps.pass('address', `${place.named ?? `The server is ${host}`}.`);
  const connection = (): void => { address(); steps.pass('connection', `${host} answers.`); };
  const certificate = (): void => { connection(); sayTls(steps, protocol, host, place); };
  if (name === 'address-refused' || name === 'url' || isNameless(context)) { steps.fail('address', message); return; }
  if (name === 'unreachable') { address(); steps.fail('connection', message); return; }
  if (name === 'certificate') { connection(); steps.fail('certificate', message); return; }
  if (name === 'unauthorised' || name === 'insecure') { certificate(); steps.fail('signIn', message); return; }
  certificate();
  if (http.way() !== 'without signing in') steps.pass('signIn', `${host} let us in ${http.way()}.`);
  steps.fail('find', message);
};
const isNameless = ({ why }: Fault['context']): boolean => why === 'no such host' || why === 'its name cannot be looked up now';
