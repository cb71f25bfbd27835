/**
 * An HTTP proxy on loopback in front of a real server: passes everything on as it is and writes it down, until a test asks it to
 * spoil something. What a bad network or a bad day of the server does, on demand.
 */
import { type IncomingHttpHeaders, type IncomingMessage, request, createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer; /** What the server answered, before it was spoilt. */ status: number; answer: Buffer }
export interface Answer { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }
/**
 * What becomes of an answer: another one; or the test writes to the socket itself. Undefined: it goes on as it is.
 * `before`: the server is not asked at all.
 */
export interface Spoil {
  before?(asked: Pick<Seen, 'method' | 'path' | 'headers' | 'body'>, response: ServerResponse): 'taken' | undefined;
  after?(asked: Seen, answer: Answer, response: ServerResponse): Answer | 'taken' | undefined;
}
export interface FaultProxy { url: string; seen: Seen[]; spoil: Spoil; /** Waited for before the server is asked. */ wait: ((method: string) => Promise<void>) | undefined; stop(): Promise<void> }

export const startFaultProxy = async (target: string): Promise<FaultProxy> => {
  const to = new URL(target);
  const seen: Seen[] = [];
  const proxy: FaultProxy = { url: '', seen, spoil: {}, wait: undefined, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }) };
  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then(async (body) => {
      const { method = 'GET', url: path = '/', headers } = incoming;
      if (proxy.spoil.before?.({ method, path, headers, body }, response) === 'taken') { seen.push({ method, path, headers, body, status: 0, answer: Buffer.alloc(0) }); return; }
      await proxy.wait?.(method);
      const answer = await ask(to, method, path, headers, body);
      const one = { method, path, headers, body, status: answer.status, answer: answer.body };
      seen.push(one);
      const told = proxy.spoil.after?.(one, answer, response) ?? answer;
      if (told === 'taken') return;
      response.writeHead(told.status, { ...whole(told.headers), 'content-length': String(told.body.length) });
      response.end(method === 'HEAD' ? undefined : told.body);
    }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${to.pathname}`;
  return proxy;
};

/** What is about the connection rather than the message stays behind. */
const whole = (headers: Answer['headers']): Record<string, string | string[]> => Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined || /^(?:transfer-encoding|connection|keep-alive)$/.test(name) ? [] : [[name, value]])));

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** The host stays the one that the client asked for, as behind a well made reverse proxy; servers that drop sockets are asked again. */
const ask = async (to: URL, method: string, path: string, headers: IncomingHttpHeaders, body: Buffer, again = 2): Promise<Answer> => {
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const out = request({ host: to.hostname, port: to.port, method, path, headers: { ...whole(headers), connection: 'close', 'content-length': String(body.length) }, agent: false }, (message) => {
        bodyOf(message).then((bytes) => resolve({ status: message.statusCode ?? 0, headers: message.headers, body: bytes }), reject);
      });
      out.once('error', reject);
      out.end(body);
    });
  } catch (thrown) {
    if (again === 0) throw thrown;
    return ask(to, method, path, headers, body, again - 1);
  }
};
