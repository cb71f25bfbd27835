/** The Fastify server under Nest: limits, headers, body parsing, cookies, and the console's files. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import files from '@fastify/static';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../shared/fault.js';
import { depthOf, MAX_DEPTH } from './json.js';
import { answerOf, faultOf } from './problem.js';

const MAX_BODY = 1024 * 1024;
/** Files of contacts: 18 MB in base64, and what is around them. */
const LARGE_BODIES: Record<string, number> = { '/api/v1/address-books/:id/import': 25 * 1024 * 1024 };
/** Each takes some ten times its size in memory while it is read. */
const LARGE_AT_ONCE = 2;
export const CONSOLE_FILES = fileURLToPath(new URL('../../plugins/console/dist', import.meta.url));

/** The console keeps its place in the address (/calls/x): every address that is no file and not ours is its page. */
export const consoleAddress = (url: string): string => {
  const path = url.split(/[?#]/)[0]!;
  // Files are built assets or stand beside the page; a dot further down is part of a name (/calls/pbx-1795228920.23).
  return /^\/(api|health|metrics)(\/|$)/.test(path) || /^\/(assets\/.*|[^/]+\.[A-Za-z0-9]+)$/.test(path) ? url : '/index.html';
};

/** Parses bodies by itself: Nest's own parsers, which take forms, stay away. */
class JsonServer extends FastifyAdapter {
  override registerParserMiddleware(): void {}
}

/** @param console folder of the built console; none is served when it is not there */
export const createServer = (console: string = CONSOLE_FILES): FastifyAdapter => {
  const served = existsSync(console);
  const adapter = new JsonServer({
    bodyLimit: MAX_BODY, routerOptions: { maxParamLength: 600 }, requestTimeout: 30_000, return503OnClosing: true,
    // A proxy on this machine may say whose request it passes on; nobody else may.
    trustProxy: 'loopback',
    // What goes wrong before there is a route never reaches Nest.
    frameworkErrors: (error: unknown, _request: FastifyRequest, reply: FastifyReply) => { const { status, body } = answerOf(faultOf(error)); void reply.code(status).type('application/problem+json').send(JSON.stringify(body)); },
    ...(served ? { rewriteUrl: (request: { url?: string; method?: string }) => (request.method === 'GET' || request.method === 'HEAD' ? consoleAddress(request.url ?? '/') : request.url ?? '/') } : {}),
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  jsonOnly(fastify);
  fastify.addHook('onRoute', (route) => { if (LARGE_BODIES[route.url]) route.bodyLimit = LARGE_BODIES[route.url]; });
  fewLarge(fastify);
  void fastify.register(cookie);
  void fastify.register(helmet, { contentSecurityPolicy: { directives: CSP }, crossOriginEmbedderPolicy: false, strictTransportSecurity: false, referrerPolicy: { policy: 'same-origin' } });
  // Answers of the API are about people: no cache keeps them. Routes and refusals may say otherwise.
  fastify.addHook('onRequest', (request, reply, done) => { if (request.url.startsWith('/api/v1/')) void reply.header('cache-control', 'no-store'); done(); });
  if (served) void fastify.register(files, { root: console, wildcard: true, index: 'index.html', cacheControl: false, setHeaders: cacheOf });
  return adapter;
};

/** Turned away before the body is read: who waits would hold its bytes. */
const fewLarge = (fastify: FastifyInstance): void => {
  let under = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!LARGE_BODIES[request.routeOptions.url ?? '']) return done();
    if (under >= LARGE_AT_ONCE) {
      const { status, body, headers } = answerOf(new Fault('limited', 'request.large', 'Other files are being read just now. Try again in a moment.', { retryAfter: 5 }));
      return void reply.code(status).headers({ ...headers, connection: 'close' }).type('application/problem+json').send(JSON.stringify(body));
    }
    under += 1;
    reply.raw.once('close', () => { under -= 1; });
    done();
  });
};

/** Scripts and styles come from files only; the page of swagger-ui has a policy of its own (docs.controller.ts). */
const CSP = {
  'default-src': ["'self'"], 'script-src': ["'self'"], 'style-src': ["'self'"], 'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'"], 'font-src': ["'self'", 'data:'], 'media-src': ["'self'", 'blob:'], 'worker-src': ["'self'", 'blob:'], 'object-src': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'self'"],
  'frame-ancestors': ["'none'"], 'upgrade-insecure-requests': null,
};

/** Built assets carry a hash in their name; pages do not. */
const cacheOf = (reply: { setHeader?: (name: string, value: string) => unknown; header?: (name: string, value: string) => unknown }, path: string): void => {
  const value = /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
  (reply.setHeader ?? reply.header)?.call(reply, 'cache-control', value);
};

/** JSON is the one body there is: forms of other sites cannot send it without asking first. */
const jsonOnly = (fastify: FastifyInstance): void => {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    if (depthOf(body as string) > MAX_DEPTH) return done(new Fault('invalid', 'request.depth', `The body nests deeper than ${MAX_DEPTH} levels`), undefined);
    parse(request, body as string, (error, value) => { done(error ? new Fault('invalid', 'request.json', 'The body is not JSON', {}, error) : null, value); });
  });
};
