/** The API as it runs, on a database of its own, without a telephone system: Nest, Fastify, guards, PostgreSQL are real. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { openCalDav } from '../../src/adapter/dav/caldav.adapter.js';
import { openCardDav } from '../../src/adapter/dav/carddav.adapter.js';
import { openFolder } from '../../src/adapter/folder/folder.adapter.js';
import { openLdap } from '../../src/adapter/ldap/ldap.adapter.js';
import { openImport } from '../../src/adapter/import/import.adapter.js';
import { AgendaService } from '../../src/agenda/agenda.service.js';
import { CalendarStore } from '../../src/agenda/calendar.store.js';
import { AskService } from '../../src/bridge/ask.service.js';
import { ActService } from '../../src/bridge/act.service.js';
import { ACT } from '../../src/call/act.js';
import { parseConfig, type Config } from '../../src/config/config.js';
import { CONFIG } from '../../src/config/env.adapter.js';
import { ContactStore } from '../../src/contact/contact.store.js';
import { DirectoryService } from '../../src/directory/directory.service.js';
import { ASK } from '../../src/handling/ask.js';
import { RoutesService, type RouteEntry } from '../../src/http/routes.service.js';
import { createServer } from '../../src/http/server.adapter.js';
import { SESSION_COOKIE } from '../../src/http/who.js';
import { QUEUES } from '../../src/queue/jobs.js';
import { RELAY, type Relay, type RelayMessages } from '../../src/queue/relay.js';
import { ApiModule } from '../../src/role/api.module.js';
import { Fault } from '../../src/shared/fault.js';
import { must } from '../../src/shared/must.js';
import { seal, sealKey } from '../../src/shared/seal.adapter.js';
import { inspectWith } from '../../src/role/books.module.js';
import { BookChangeStore } from '../../src/sync/book-change.store.js';
import { BookStore } from '../../src/sync/book.store.js';
import { ConnectionService } from '../../src/sync/connection.service.js';
import type { ContactSource } from '../../src/sync/port.js';
import { SyncService } from '../../src/sync/sync.service.js';
import { DB, json, type Db } from '../../src/store/schema.js';
import { hashPassword } from '../../src/account/secret.adapter.js';
import { freshDatabase } from '../lab/database.js';

export const PASSWORD = 'correct horse battery';
let cheapHash: Promise<string> | undefined;

/** Delivers within this process, after the publisher has gone on, as the real one does. */
export const localRelay = (): Relay & { sent: { topic: string; message: unknown }[] } => {
  const handlers = new Map<string, Set<(message: never) => void>>();
  const sent: { topic: string; message: unknown }[] = [];
  return {
    sent,
    publish: (topic, message) => { sent.push({ topic, message }); queueMicrotask(() => { for (const handler of handlers.get(topic) ?? []) handler(message as never); }); },
    subscribe: <T extends keyof RelayMessages>(topic: T, handler: (message: RelayMessages[T]) => void) => {
      const set = handlers.get(topic) ?? new Set();
      handlers.set(topic, set.add(handler as (message: never) => void));
      return () => { set.delete(handler as (message: never) => void); };
    },
  };
};

export interface Person { id: string; email: string; name: string; role: 'admin' | 'user'; cookie: string }
export interface Answer { status: number; headers: Record<string, string | string[] | number | undefined>; body: any; text: string } // oxlint-disable-line typescript/no-explicit-any

export interface World {
  app: NestFastifyApplication; db: Db; relay: ReturnType<typeof localRelay>; config: Config; routes: readonly RouteEntry[]; woken: string[]; synced: string[];
  ask(method: string, path: string, options?: { as?: Person; token?: string; body?: unknown; headers?: Record<string, string>; raw?: string; address?: string }): Promise<Answer>;
  person(role?: 'admin' | 'user', name?: string): Promise<Person>;
  /** A password as an address book keeps it. */
  sealed: Buffer;
  call(owner: string | null, over?: Record<string, unknown>): Promise<string>;
  /** Starts listening; the address, e.g. http://127.0.0.1:40123 */
  listen(): Promise<string>;
  end(): Promise<void>;
}

let counter = 0;

export const openWorld = async (env: Record<string, string> = {}, consoleFiles = '/nowhere'): Promise<World> => {
  const { db, drop } = await freshDatabase();
  const spool = mkdtempSync(join(tmpdir(), 'ringbook-spool-'));
  const config = parseConfig({ PBX_SPOOL_DIR: spool, SECRET_KEY: 'a key for tests that is long enough to be one', ...env });
  const relay = localRelay();
  const woken: string[] = [], synced: string[] = [];
  const app = await makeApp({ db, config, relay, woken, synced, consoleFiles });
  const routes = app.get(RoutesService).all();
  const ask: World['ask'] = async (method, path, { as, token, body, headers = {}, raw, address } = {}) => {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const options: InjectOptions = {
      method: method as 'GET', url: path, remoteAddress: address ?? '127.0.0.1',
      headers: { host: 'localhost:8080', ...(content === undefined ? {} : { 'content-type': 'application/json' }), ...(as ? { cookie: `${SESSION_COOKIE}=${as.cookie}` } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(content === undefined ? {} : { payload: content }),
    };
    const answer = await app.inject(options);
    const type = String(answer.headers['content-type'] ?? '');
    const read = { status: answer.statusCode, headers: answer.headers, text: answer.body, body: type.includes('json') && answer.body ? JSON.parse(answer.body) as unknown : undefined };
    holds(routes, method, path, read);
    return read;
  };
  return {
    app, db, relay, config, routes, woken, synced, ask, sealed: seal(sealKey(must(config.secretKey, 'a key').reveal()), 'password'),
    person: async (role = 'user', name = role === 'admin' ? 'Ada Admin' : 'Udo User') => {
      const email = `p${++counter}@example.org`;
      const hash = await (cheapHash ??= hashPassword(PASSWORD));
      const row = must(await db.insertInto('person').values({ email, name, role, password_hash: hash }).returning('id').executeTakeFirst(), 'a person');
      const { SessionStore } = await import('../../src/account/session.store.js');
      return { id: row.id, email, name, role, cookie: await app.get(SessionStore).open(row.id, new Date()) };
    },
    call: async (owner, over = {}) => {
      const id = `pbx-${1_700_000_000 + ++counter}.${counter}`;
      await db.insertInto('call').values({
        id, pbx: 'pbx', linkedid: id.slice(4), person_id: owner, version: 1, from_number: '030123456', from_e164: '+4930123456', from_display: 'Grace', from_kind: 'unknown', tier: 'none', to_number: '+498912345',
        phase: 'ringing', doing: 'Ringing', started_at: new Date(), trace: json([]), ...over,
      }).execute();
      return id;
    },
    listen: async () => { await app.listen(0, '127.0.0.1'); return app.getUrl(); },
    end: async () => { await app.close(); await drop(); rmSync(spool, { recursive: true, force: true }); },
  };
};

const makeApp = async (world: { db: Db; config: Config; relay: Relay; woken: string[]; synced: string[]; consoleFiles: string }): Promise<NestFastifyApplication> => {
  const { db, config, relay } = world;
  const contacts = new ContactStore(db, config.region);
  const books = new BookStore(db, contacts, sealKey(must(config.secretKey, 'a key').reveal()), relay);
  const changes = new BookChangeStore(db, sealKey(must(config.secretKey, 'a key').reveal()));
  const calendars = new CalendarStore(db, books, sealKey(must(config.secretKey, 'a key').reveal()), relay);
  const given = [
    { provide: DB, useValue: db }, { provide: CONFIG, useValue: config }, { provide: RELAY, useValue: relay },
    { provide: QUEUES, useValue: { wake: async (id: string) => { world.woken.push(id); }, requestSync: async (id: string) => { world.synced.push(id); }, requestCalendar: async (id: string) => { world.synced.push(id); }, requestCodes: async () => {} } },
    { provide: ACT, useValue: new ActService(db, (id) => { world.woken.push(id); }) }, { provide: ASK, useValue: new AskService(db, config.region) },
    { provide: BookStore, useValue: books }, { provide: ContactStore, useValue: contacts }, { provide: DirectoryService, useValue: new DirectoryService(db, config.region) },
    { provide: CalendarStore, useValue: calendars }, { provide: AgendaService, useValue: new AgendaService(db, calendars, (settings) => openCalDav(settings, config.bookHosts), relay) },
    { provide: BookChangeStore, useValue: changes }, { provide: ConnectionService, useValue: new ConnectionService(changes, inspectWith(config)) },
    { provide: SyncService, useValue: new SyncService(db, books, contacts, (settings) => (settings.kind === 'practice' ? openFolder(settings.url) : settings.kind === 'import' ? openImport(db, settings) : unreachable(settings.kind === 'ldap' ? openLdap(settings, config.bookHosts) : openCardDav(settings, config.bookHosts))), relay) },
  ];
  @Global()
  @Module({ providers: given, exports: given.map((g) => g.provide) })
  class Surroundings {}
  @Module({ imports: [Surroundings, ApiModule] })
  class Root {}
  const app = await NestFactory.create<NestFastifyApplication>(Root, createServer(world.consoleFiles), { logger: process.env['LOG'] ? ['error', 'warn', 'log', 'debug'] : false, abortOnError: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
};

/** Is checked as a real one is, but never asked. */
const unreachable = (source: ContactSource): ContactSource => ({
  ...source, check: () => source.check(), open: () => { throw new Fault('unavailable', 'carddav.unreachable', 'There is no source in these tests'); },
});

/** Every answer of every test is what the route says it is; every refusal is a problem document. */
const holds = (routes: readonly RouteEntry[], method: string, path: string, answer: Answer): void => {
  const where = `${method} ${path} ${answer.status}`;
  if (answer.status >= 400) {
    expect(answer.headers['content-type'], where).toMatch(/^application\/problem\+json/);
    expect(answer.body, where).toMatchObject({ status: answer.status, code: expect.stringMatching(/^[a-z]+(\.[a-z-]+)+$|^internal$/), title: expect.any(String) });
    return;
  }
  const route = routes.find((r) => r.method === method && new RegExp(`^${r.path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path.split('?')[0]!));
  if (!route) return;
  expect([route.status, 206], where).toContain(answer.status);
  if (route.doc.answer) expect(route.doc.answer.safeParse(answer.body).error, where).toBeUndefined();
  else if (!route.doc.mediaType) expect(answer.text, where).toBe('');
};
