/**
 * HTTP connections to where a collection may be, and nowhere else: see shared/reach.adapter.ts.
 */
import { Agent } from 'undici';
import { type Allowed, checkHost as checkName, checkLiteral as checkAddress, looker } from '../../shared/reach.adapter.js';
import { calendarFaults, type DavFaults } from './fault.js';

export type { Allowed };

const TIMEOUT = 120_000;

/** @throws Fault `.address-refused` when the URL names an address, by itself, that is not allowed */
export const checkLiteral = (url: URL, allowed: Allowed, faults: DavFaults): void => checkAddress(url.hostname, allowed, faults);

/** Before anything is kept, for words beside the field; a name that cannot be looked up now may be right. @throws Fault `.address-refused` */
export const checkHost = (url: URL, allowed: Allowed, faults: DavFaults): Promise<void> => checkName(url.hostname, allowed, faults);

const byLookup = new WeakMap<object, Map<string, Agent>>();
/** One for all who are allowed the same: a kept-alive connection must not be used by somebody who could not have made it. */
export const agentFor = (allowed: Allowed, faults: DavFaults): Agent => {
  const key = JSON.stringify([faults === calendarFaults, allowed.trusted, allowed.hosts?.names, allowed.hosts?.networks.map(({ base, bits }) => `${base}/${bits}`)]);
  const agents = byLookup.get(allowed.lookup ?? byLookup) ?? new Map<string, Agent>();
  byLookup.set(allowed.lookup ?? byLookup, agents);
  const agent = agents.get(key) ?? new Agent({ connect: { timeout: 10_000, lookup: looker(allowed, faults) }, keepAliveTimeout: 4000, headersTimeout: TIMEOUT, bodyTimeout: 30_000 });
  agents.set(key, agent);
  return agent;
};
