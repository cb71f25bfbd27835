/** DNS: where a domain says that its address books and calendars are (RFC 6764), and the addresses of names. */
import { promises, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressOf } from '../../shared/network.js';
import { type DavAddress, inOrder, pathOfTxt, type Srv } from './address.js';
import type { DavKind } from './kind.js';

/** What is asked of DNS. A record that is not there is an empty answer; a failure too, after a few seconds. `lookup`: of addresses, when it is not this machine's own. */
export interface Names { srv(name: string): Promise<Srv[]>; txt(name: string): Promise<string[][]>; lookup?: LookupFunction }

const asking = (resolver: promises.Resolver): Pick<Names, 'srv' | 'txt'> => ({ srv: (name) => resolver.resolveSrv(name).catch(() => []), txt: (name) => resolver.resolveTxt(name).catch(() => []) });
const patient = { timeout: 2000, tries: 2 };

/** As this machine is set up. */
export const systemNames: Names = asking(new promises.Resolver(patient));

/** @param server address and port of a DNS server that is asked about everything */
export const namesAt = (server: string): Names => {
  const resolver = new promises.Resolver(patient);
  resolver.setServers([server]);
  const all = async (host: string): Promise<LookupAddress[]> => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [...four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : [], ...six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []];
    if (found.length === 0) throw four.status === 'rejected' ? four.reason : new Error(host);
    return found;
  };
  const lookup: LookupFunction = (host, options, done) => {
    all(host).then((found) => (options.all ? done(null, found) : done(null, found[0]!.address, found[0]!.family)), (error: NodeJS.ErrnoException) => { done(error, '', 0); });
  };
  return { ...asking(resolver), lookup };
};

/** One place to look for the collection. `named`: DNS named it, in words for people. */
export interface Candidate { base: URL; named: string | undefined }

/** In the order in which they are tried: https first, plain http only where the address or DNS says so. */
export const placesOf = async (address: DavAddress, { service }: DavKind, names: Names): Promise<Candidate[]> => {
  if (address.kind === 'url') return [{ base: address.base, named: undefined }];
  const { domain, port } = address;
  const straight: Candidate = { base: new URL(`https://${domain}${port === undefined ? '' : `:${port}`}/`), named: undefined };
  if (port !== undefined || addressOf(domain) !== undefined || !domain.includes('.')) return [straight];
  const [secure, plain] = await Promise.all([named(domain, `${service}s`, 'https', names), named(domain, service, 'http', names)]);
  return secure.length > 0 ? secure : [straight, ...plain];
};

const named = async (domain: string, service: string, scheme: string, names: Names): Promise<Candidate[]> => {
  const record = `_${service}._tcp.${domain}`;
  const [found, txt] = await Promise.all([names.srv(record), names.txt(record)]);
  return inOrder(found).map(({ name, port }) => ({ base: new URL(pathOfTxt(txt), `${scheme}://${name.replace(/\.$/, '')}:${port}`), named: `The DNS record ${record} names ${name.replace(/\.$/, '')}:${port}` }));
};
