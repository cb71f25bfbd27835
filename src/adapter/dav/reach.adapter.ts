/**
 * Connections to where an address book may be, and nowhere else. Whoever is signed in names any server: without a look at the
 * address they could ask machines that only the bridge can reach. What is checked is what is connected to: a name that
 * changes its address between a check and the connection (DNS rebinding) gains nothing.
 */
import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { addressOf, isNamed, reachOf, type Hosts } from '../../shared/network.js';
import { calendarFaults, type DavFaults } from './fault.js';

/** `trusted`: the book may be in a private network. With `hosts` (BOOK_HOSTS) those count instead, for everybody. */
export interface Allowed { trusted: boolean; hosts?: Hosts }

const TIMEOUT = 120_000;

const check = (host: string, address: string, { trusted, hosts }: Allowed, faults: DavFaults): void => {
  const number = addressOf(address);
  const reach = number === undefined ? 'never' : reachOf(number);
  if (number === undefined || reach === 'never') throw faults.neverAddress(host);
  if (reach === 'private' && !(hosts ? isNamed(hosts, host, number) : trusted)) throw faults.privateAddress(host, hosts !== undefined);
};

/** Every address of the name, or none. A URL that holds an address itself is never looked up: see `checkLiteral`. */
const looker = (allowed: Allowed, faults: DavFaults): LookupFunction => (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
    try {
      if (error) throw error;
      for (const { address } of found) check(host, address, allowed, faults);
    } catch (thrown) { done(thrown as NodeJS.ErrnoException, ''); return; }
    if (options.all) done(null, found);
    else done(null, found[0]!.address, found[0]!.family);
  });
};

/** @throws Fault `.address-refused` when the URL names an address, by itself, that is not allowed */
export const checkLiteral = (url: URL, allowed: Allowed, faults: DavFaults): void => {
  if (addressOf(url.hostname) !== undefined) check(url.hostname, url.hostname, allowed, faults);
};

/** Before anything is kept, for words beside the field; a name that cannot be looked up now may be right. @throws Fault `.address-refused` */
export const checkHost = async (url: URL, allowed: Allowed, faults: DavFaults, patience = 3000): Promise<void> => {
  checkLiteral(url, allowed, faults);
  if (addressOf(url.hostname) !== undefined) return;
  await new Promise<void>((resolve, reject) => {
    setTimeout(resolve, patience).unref();
    looker(allowed, faults)(url.hostname, { all: true }, (error) => { if (error && error.name === 'Fault') reject(error); else resolve(); });
  });
};

const agents = new Map<string, Agent>();
/** One for all who are allowed the same: a kept-alive connection must not be used by somebody who could not have made it. */
export const agentFor = (allowed: Allowed, faults: DavFaults): Agent => {
  const key = JSON.stringify([faults === calendarFaults, allowed.trusted, allowed.hosts?.names, allowed.hosts?.networks.map(({ base, bits }) => `${base}/${bits}`)]);
  const agent = agents.get(key) ?? new Agent({ connect: { timeout: 10_000, lookup: looker(allowed, faults) }, keepAliveTimeout: 4000, headersTimeout: TIMEOUT, bodyTimeout: 30_000 });
  agents.set(key, agent);
  return agent;
};
