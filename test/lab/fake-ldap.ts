/** A server on a free loopback port that says what it is told to, well or badly, as a directory that Ringbook asks. */
import { createServer, type Socket } from 'node:net';
import { element, integer } from '../../src/adapter/ldap/ber.js';
import type { LdapSettings } from '../../src/adapter/ldap/ldap.adapter.js';

/** What a server says to each request, by its number and the tag of what is asked. */
export type Say = (id: number, tag: number, socket: Socket) => Uint8Array | undefined;
/** What a server says to each search, by its number and how many came before. */
export type Search = (id: number, nth: number, socket: Socket) => Uint8Array | undefined;

/** Runs `work` with the settings of an address book at the server. `sent`: bytes that were given to the network. */
export const withServer = async <T>(say: Say, work: (settings: LdapSettings) => Promise<T>): Promise<{ done: T; sent: number }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      const at = data[1]! < 0x80 ? 2 : 2 + (data[1]! & 0x7f);
      const id = [...data.subarray(at + 2, at + 2 + data[at + 1]!)].reduce((sum, byte) => sum * 256 + byte, 0);
      const answer = say(id, data[at + 2 + data[at + 1]!]!, socket);
      if (answer) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as { port: number };
  try {
    const done = await work({ kind: 'ldap', url: `ldap://127.0.0.1:${port}`, username: 'u', password: 'p', location: null, trusted: true, timeout: 400, ldap: { preset: 'openldap', base: 'dc=x' } });
    return { done, sent: [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0) };
  } finally { for (const socket of sockets) socket.destroy(); server.close(); }
};
/** The code of what it threw. */
export const codeOf = async (work: () => Promise<unknown>): Promise<string> => { try { await work(); return 'it went well'; } catch (thrown) { return (thrown as { code: string }).code; } };

export const message = (id: number, op: Uint8Array, ...controls: Uint8Array[]): Uint8Array => element(0x30, integer(id), op, ...(controls.length > 0 ? [element(0xa0, ...controls)] : []));
export const control = (oid: string, value: Uint8Array): Uint8Array => element(0x30, element(4, oid), element(4, value));
export const result = (tag: number, code = 0): Uint8Array => element(tag, integer(code, 0x0a), element(4, ''), element(4, ''));
export const entry = (dn: string, attributes: Record<string, string[]>): Uint8Array => element(0x64, element(4, dn), element(0x30, ...Object.entries(attributes).map(([name, values]) => element(0x30, element(4, name), element(0x31, ...values.map((value) => element(4, value)))))));
export const BIND = 0x60, SEARCH = 0x63, MODIFY = 0x66, DONE = 0x65;
/** Lets in, answers searches, and lets nobody write. */
export const polite = (search: Search): Say => { let nth = 0; return (id, tag, socket) => (tag === BIND ? message(id, result(0x61)) : tag === SEARCH ? search(id, nth++, socket) : tag === MODIFY ? message(id, result(0x67, 50)) : undefined); };
/** Answers the first question, for what it can, with these controls and capabilities. */
export const offering = (controls: string[], search: Search, capabilities: string[] = []): Say => polite((id, nth, socket) => (nth > 0 ? search(id, nth, socket)
  : Buffer.concat([message(id, entry('', { supportedControl: controls, supportedCapabilities: capabilities })), message(id, result(DONE))])));
/** Sends what `next` makes for as long as anybody reads, some at a time: the reader is in the same process. */
export const forEver = (socket: Socket, next: (n: number) => Uint8Array): undefined => {
  let n = 0;
  const on = (): void => {
    const some: Uint8Array[] = [];
    for (let size = 0; size < 60_000; size += some.at(-1)!.length) some.push(next(n++));
    if (!socket.destroyed) socket.write(Buffer.concat(some), () => { setImmediate(on); });
  };
  on();
};
