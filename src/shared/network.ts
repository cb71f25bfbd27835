/**
 * Internet addresses as numbers of 128 bits, IPv4 among them as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), and what kind of network one
 * is in: people name servers that we then connect to, and must not reach through us what they cannot reach themselves.
 */

export interface Network { base: bigint; bits: number }
export type Reach = 'public' | 'private' | 'never';

const V4 = 0xffff_0000_0000n;

/** The number of an address as URLs, resolvers and people write it; undefined when it is none. */
export const addressOf = (text: string): bigint | undefined => {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return v4Of(bare) ?? v6Of(bare);
};

const v4Of = (text: string): bigint | undefined => {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0xffffn);
};

const v6Of = (text: string): bigint | undefined => {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail && v4Of(tail[2]!);
  if (tail && v4 == null) return undefined;
  const hex = tail ? `${tail[1]}${(v4! >> 16n & 0xffffn).toString(16)}:${(v4! & 0xffffn).toString(16)}` : text;
  const halves = hex.split('::').map((half) => half.split(':').filter((part, _, all) => part !== '' || all.length > 1));
  const [left = [], right] = halves;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length > 2 || (right ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right ?? []];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n) : undefined;
};

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export const networkOf = (text: string): Network | undefined => {
  const [address = '', length, more] = text.split('/');
  const base = addressOf(address);
  if (base === undefined || more !== undefined || !/^\d{1,3}$/.test(length ?? '0')) return undefined;
  const above = address.includes(':') ? 0 : 96;
  const bits = length === undefined ? 128 : Number(length) + above;
  return bits <= 128 ? { base, bits } : undefined;
};
export const isIn = (address: bigint, { base, bits }: Network): boolean => (address ^ base) >> BigInt(128 - bits) === 0n;

const networks = (text: string): Network[] => text.split(' ').map((one) => networkOf(one)!);
/** Unspecified, link-local (with the metadata service of most clouds), multicast, reserved; then metadata services with addresses of their own. */
const NEVER = networks('0.0.0.0/8 169.254.0.0/16 224.0.0.0/3 ::/128 fe80::/10 ff00::/8 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254');
/** Private, loopback, carriers', laboratories'; unique local, site-local, local translation. */
const PRIVATE = networks('10.0.0.0/8 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 192.0.0.0/24 198.18.0.0/15 ::1/128 fc00::/7 fec0::/10 64:ff9b:1::/48 100::/64');
/** IPv6 networks that lead to the IPv4 address in them, and how far from the right it stands: NAT64, 6to4, and an old form. */
const WRAPPED: [Network, bigint][] = [['64:ff9b::/96', 0n], ['2002::/16', 80n], ['::/96', 0n]].map(([text, shift]) => [networkOf(text as string)!, shift as bigint]);

/** Whether an address is everybody's, somebody's own network, or none that anything of ours is ever read from. */
export const reachOf = (address: bigint): Reach => {
  if (NEVER.some((network) => isIn(address, network))) return 'never';
  if (PRIVATE.some((network) => isIn(address, network))) return 'private';
  const wrapped = WRAPPED.find(([network]) => isIn(address, network));
  return wrapped ? reachOf(V4 + (address >> wrapped[1] & 0xffff_ffffn)) : 'public';
};

/** Hosts that are trusted by name or by network, as BOOK_HOSTS names them. */
export interface Hosts { names: string[]; networks: Network[] }

/** @returns what is neither a name nor a network in `problems` */
export const parseHosts = (text: string): { hosts: Hosts; problems: string[] } => {
  const hosts: Hosts = { names: [], networks: [] };
  const problems: string[] = [];
  for (const [i, word] of text.split(/[\s,]+/).filter(Boolean).entries()) {
    const network = networkOf(word);
    if (network) hosts.networks.push(network);
    else if (/^(?=.*[a-z])[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?$/i.test(word)) hosts.names.push(word.toLowerCase());
    else problems.push(`entry ${i + 1} must be a host name, an address or a network such as 10.0.0.0/8`);
  }
  return { hosts, problems };
};
export const isNamed = ({ names, networks: known }: Hosts, host: string, address: bigint): boolean =>
  names.includes(host.toLowerCase()) || known.some((network) => isIn(address, network));
