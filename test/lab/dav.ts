/** A CardDAV server for what real ones do on their bad days: each request is answered by a function of the test, and written down. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DavRequest { method: string; path: string; body: string; headers: IncomingMessage['headers'] }
export type DavReply = { status?: number; body?: string | Buffer; headers?: Record<string, string> } | ((response: ServerResponse) => void);
export interface FakeDav { url: string; requests: DavRequest[]; stop(): Promise<void> }

export const fakeDav = async (answer: (request: DavRequest) => DavReply): Promise<FakeDav> => {
  const requests: DavRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = { method: incoming.method ?? '', path: incoming.url ?? '', body: Buffer.concat(chunks).toString(), headers: incoming.headers };
      requests.push(request);
      const reply = answer(request);
      if (typeof reply === 'function') { reply(response); return; }
      response.writeHead(reply.status ?? 207, { 'content-type': 'application/xml; charset=utf-8', ...reply.headers });
      response.end(reply.body ?? '');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
};

export const multistatus = (responses: string[], token?: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">${responses.join('\n')}${token === undefined ? '' : `<D:sync-token>${token}</D:sync-token>`}</D:multistatus>\n`;
export const found = (href: string, props: string): string => `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${props}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;
export const status = (href: string, code: number): string => `<D:response><D:href>${href}</D:href><D:status>HTTP/1.1 ${code} Whatever</D:status></D:response>`;
