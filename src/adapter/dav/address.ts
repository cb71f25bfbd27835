/** What people enter as the address of a DAV server: an address, a host name with or without a port, or an e-mail address. */

/** `base` without user, password and fragment. `domain` is asked of DNS (RFC 6764), unless a `port` was given or it is an IP address. */
export type DavAddress = { kind: 'url'; base: URL } | { kind: 'domain'; domain: string; port: number | undefined; email: string | undefined };

/** Undefined when it is none of these. */
export const addressIn = (text: string): DavAddress | undefined => {
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) return undefined;
    const base = new URL(text);
    base.username = ''; base.password = ''; base.hash = '';
    return { kind: 'url', base };
  }
  const at = /^[^\s/:@]+@([a-z0-9.-]+)$/i.exec(text);
  const host = at ? [text, at[1]!] : /^([a-z0-9.-]+)(?::(\d{1,5}))?$/i.exec(text);
  if (!host || !URL.canParse(`https://${text.slice(text.indexOf('@') + 1)}/`)) return undefined;
  return { kind: 'domain', domain: host[1]!.toLowerCase().replace(/\.$/, ''), port: host[2] === undefined ? undefined : Number(host[2]), email: at ? text : undefined };
};

/** Who signs in where no user name was given: the e-mail address itself (RFC 6764, 6). */
export const userOf = (address: DavAddress, username: string): string => (username === '' && address.kind === 'domain' ? address.email ?? '' : username);

/** `path=` of the TXT record that stands beside an SRV record (RFC 6764, 4). */
export const pathOfTxt = (records: readonly (readonly string[])[]): string => {
  const path = records.map((parts) => parts.join('')).find((text) => /^path=\//i.test(text))?.slice(5) ?? '/';
  return path.length <= 500 && URL.canParse(`https://x${path}`) ? new URL(`https://x${path}`).pathname : '/';
};

export interface Srv { name: string; port: number; priority: number; weight: number }
/** In the order in which they are tried, the same each time; a single "." says that there is no such service. */
export const inOrder = (records: readonly Srv[]): Srv[] =>
  records.filter(({ name, port }) => /^[a-z0-9_.-]+$/i.test(name) && name !== '.' && port > 0).sort((a, b) => a.priority - b.priority || b.weight - a.weight || (a.name < b.name ? -1 : 1)).slice(0, 5);
