/**
 * Connections to where an address book may be, and nowhere else, whatever its protocol. Whoever is signed in names any server:
 * without a look at the address they could ask machines that only the bridge can reach. What is checked is what is connected
 * to: a name that changes its address between a check and the connection (DNS rebinding) gains nothing.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Fault } from './fault.js';
import { addressOf, isNamed, reachOf, type Hosts } from './network.js';

/** `trusted`: the book may be in a private network. With `hosts` (BOOK_HOSTS) those count instead, for everybody. */
export interface Allowed { trusted: boolean; hosts?: Hosts; /** Who is asked for addresses; this machine's own resolver when left out. */ lookup?: LookupFunction }
/** How a protocol says no: in its own words, with a code of its own. `named`: BOOK_HOSTS decides. */
export interface Refusals { neverAddress(host: string): Fault; privateAddress(host: string, named: boolean): Fault }

const check = (host: string, address: string, { trusted, hosts }: Allowed, refusals: Refusals): void => {
  const number = addressOf(address);
  const reach = number === undefined ? 'never' : reachOf(number);
  if (number === undefined || reach === 'never') throw refusals.neverAddress(host);
  if (reach === 'private' && !(hosts ? isNamed(hosts, host, number) : trusted)) throw refusals.privateAddress(host, hosts !== undefined);
};

/** For sockets: every address of the name, or none. A host that is an address itself is never looked up: see `checkLiteral`. */
export const looker = (allowed: Allowed, refusals: Refusals): LookupFunction => (host, options, done) => {
  const ask = allowed.lookup ?? (systemLookup as LookupFunction);
  ask(host, { ...options, all: true }, (error, answer) => {
    const found = answer as LookupAddress[];
    try {
      if (error) throw error;
      for (const { address } of found) check(host, address, allowed, refusals);
    } catch (thrown) { done(thrown as NodeJS.ErrnoException, ''); return; }
    if (options.all) done(null, found);
    else done(null, found[0]!.address, found[0]!.family);
  });
};

/** @throws Fault of `refusals` when `host` is an address, not a name, that is not allowed */
export const checkLiteral = (host: string, allowed: Allowed, refusals: Refusals): void => {
  if (addressOf(host) !== undefined) check(host, host, allowed, refusals);
};

/** Before anything is kept, for words beside the field; a name that cannot be looked up now may be right. @throws Fault of `refusals` */
export const checkHost = async (host: string, allowed: Allowed, refusals: Refusals, patience = 3000): Promise<void> => {
  checkLiteral(host, allowed, refusals);
  if (addressOf(host) !== undefined) return;
  await new Promise<void>((resolve, reject) => {
    setTimeout(resolve, patience).unref();
    looker(allowed, refusals)(host, { all: true }, (error) => { if (error && error.name === 'Fault') reject(error); else resolve(); });
  });
};
