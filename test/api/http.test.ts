import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpModule } from '../../src/http/http.module.js';
import { consoleAddress, createServer } from '../../src/http/server.adapter.js';
import { openWorld, type Person, type World } from './world.js';

let world: World, user: Person;
beforeAll(async () => { world = await openWorld(); user = await world.person(); });
afterAll(() => world.end());

describe('whatever goes wrong is a problem document', () => {
  const post = (raw: string, headers: Record<string, string> = {}) => world.ask('POST', '/api/v1/session', { raw, headers });
  it.each([
    ['malformed JSON', () => post('{"email": '), 400, 'request.json'],
    ['no body', () => world.ask('POST', '/api/v1/session'), 400, 'request.invalid'],
    ['an empty body', () => post(''), 400, 'request.invalid'],
    ['a poisoned prototype', () => post('{"__proto__": {"a": 1}}'), 400, 'request.json'],
    ['JSON that nests deep', () => post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400, 'request.depth'],
    ['deep methods', () => post(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`), 400, 'request.depth'],
    ['a body too large', () => post(JSON.stringify({ email: 'x'.repeat(2_000_000) })), 413, 'request.too-large'],
    ['a form', () => post('email=a', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'request.media-type'],
    ['plain text', () => post('{}', { 'content-type': 'text/plain' }), 415, 'request.media-type'],
    ['no such address', () => world.ask('GET', '/api/v1/nothing', { as: user }), 404, 'route.missing'],
    ['no such address below /api', () => world.ask('GET', '/api/nothing'), 404, 'route.missing'],
    ['a method that is not known there', () => world.ask('PUT', '/api/v1/session', { body: {} }), 405, 'route.method'],
    ['an address that cannot be decoded', () => world.ask('GET', '/api/v1/calls/%E0%A4%A', { as: user }), 400, 'request.url'],
    ['a very long parameter', () => world.ask('GET', `/api/v1/calls/${'x'.repeat(500)}`, { as: user }), 400, 'request.invalid'],
    ['a parameter beyond all bounds', () => world.ask('GET', `/api/v1/calls/${'x'.repeat(5000)}`, { as: user }), 400, 'request.invalid'],
    ['not signed in', () => world.ask('GET', '/api/v1/me'), 401, 'session.missing'],
    ['a made-up cursor', () => world.ask('GET', '/api/v1/calls?cursor=abcdef', { as: user }), 400, 'request.invalid'],
    ['a cursor of something else', () => world.ask('GET', `/api/v1/calls?cursor=${btoa('["a","b"]').replaceAll('=', '')}`, { as: user }), 400, 'request.invalid'],
    ['a wrong If-Match', () => world.ask('PUT', `/api/v1/users/${user.id}/profile`, { as: user, body: { rules: [], otherwise: { kind: 'voicemail' } }, headers: { 'if-match': 'yesterday' } }), 400, 'request.invalid'],
  ])('%s', async (_, ask, status, code) => { expect((await ask()).body).toMatchObject({ status, code }); });

  it('tells which methods there are', async () => {
    expect((await world.ask('PATCH', '/api/v1/tokens', { body: {} })).headers['allow']).toBe('GET, HEAD, POST');
  });

  it('names every wrong field, unknown ones too, as a path', async () => {
    const { body } = await world.ask('PUT', `/api/v1/users/${user.id}/profile`, {
      as: user, body: { rules: [{ id: 'a', when: { codes: ['NO SPACES'], what: 1 }, method: { kind: 'ring', devices: ['x'], seconds: 1, otherwise: { kind: 'forward', to: 'home' } } }], otherwise: { kind: 'voicemail' }, extra: 1 },
    });
    expect(body.errors.map((e: { path: string }) => e.path).sort()).toEqual(['extra', 'rules.0.method.devices.0', 'rules.0.method.otherwise.to', 'rules.0.method.seconds', 'rules.0.when.codes.0', 'rules.0.when.what']);
  });

  it('never tells what broke inside', async () => {
    const other = await openWorld();
    const person = await other.person();
    await other.db.schema.alterTable('voicemail').renameTo('gone').execute();
    const answer = await other.ask('GET', '/api/v1/voicemails', { as: person });
    expect(answer.body).toEqual({ type: 'urn:ringbook:problem:internal', title: 'Something broke', status: 500, code: 'internal' });
    await other.end();
  });
});

describe('the interface describes itself', () => {
  it('as OpenAPI 3.1 with every route, every schema referred to being there', async () => {
    const { body } = await world.ask('GET', '/api/v1/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
    expect(described.sort()).toEqual(world.routes.filter((r) => r.path.startsWith('/api/v1/')).map((r) => `${r.method} ${r.path}`).sort());
    const text = JSON.stringify(body);
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([^"]+)"/g)) expect(Object.keys(body.components.schemas)).toContain(name);
    expect(text).not.toMatch(/"\$ref":"#(\/\$defs|")/);
    expect(body.components.schemas).toHaveProperty('MethodInput');
    expect(body.paths['/api/v1/calls'].get.parameters.map((p: { name: string }) => p.name)).toContain('cursor');
    expect(body.paths['/api/v1/users/{id}/profile'].put.parameters).toContainEqual({ name: 'if-match', in: 'header', required: false, schema: { type: 'string' } });
    expect(body.paths['/api/v1/users/{id}/profile'].put['x-right']).toBe('self');
    const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap((item) => Object.values(item).map((o) => o.operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('and no cache keeps what it answers', async () => {
    expect((await world.ask('GET', '/api/v1/me', { as: user })).headers['cache-control']).toBe('no-store');
  });

  it('as a page that loads nothing from elsewhere', async () => {
    const page = await world.ask('GET', '/api/docs');
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const [, src] of page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) expect((await world.ask('GET', src!)).status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/);
    expect(String(page.headers['content-security-policy'])).not.toMatch(/script-src[^;]*unsafe-inline/);
  });
});

describe('the boot', () => {
  it('fails on a route that declares no right', async () => {
    @Controller('api/v1/secret')
    class Careless { @Get() all() { return 'everything'; } }
    @Module({ imports: [HttpModule], controllers: [Careless] })
    class Root {}
    const { SIGNED_IN } = await import('../../src/http/who.js');
    const { CONFIG } = await import('../../src/config/env.adapter.js');
    const { Global } = await import('@nestjs/common');
    @Global()
    @Module({ providers: [{ provide: SIGNED_IN, useValue: {} }, { provide: CONFIG, useValue: world.config }], exports: [SIGNED_IN, CONFIG] })
    class Given {}
    @Module({ imports: [Given, Root] })
    class All {}
    const app = await NestFactory.create(All, createServer(), { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toThrow(/Careless\.all \(\/api\/v1\/secret\) declares no right/);
  });
});

describe('the console', () => {
  it.each([['/', '/index.html'], ['/calls/pbx-1', '/index.html'], ['/calls/pbx-1795228920.23', '/index.html'], ['/favicon.ico', '/favicon.ico'], ['/setup?x=1', '/index.html'], ['/assets/app-1a2b.js', '/assets/app-1a2b.js'], ['/api/v1/me', '/api/v1/me'], ['/apiary', '/index.html'], ['/health/live', '/health/live'], ['/metrics', '/metrics']])('%s is %s', (from, to) => {
    expect(consoleAddress(from)).toBe(to);
  });

  it('is served with its own addresses, and never outside its folder', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'console-'));
    mkdirSync(join(dir, 'assets'));
    writeFileSync(join(dir, 'index.html'), '<!doctype html>console');
    writeFileSync(join(dir, 'assets/app-1.js'), 'js');
    writeFileSync(join(dir, '../secret.txt'), 'secret');
    const other = await openWorld({}, dir);
    expect((await other.ask('GET', '/')).text).toContain('console');
    const deep = await other.ask('GET', '/calls/pbx-1.2');
    expect([deep.text, (await other.ask('GET', '/missing.js')).status]).toEqual(['<!doctype html>console', 404]);
    const asset = await other.ask('GET', '/assets/app-1.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    for (const path of ['/..%2fsecret.txt', '/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/.%00txt']) expect((await other.ask('GET', path)).text).not.toBe('secret');
    expect((await other.ask('GET', '/api/nothing')).status).toBe(404);
    expect((await other.ask('GET', '/api/v1/openapi.json')).status).toBe(200);
    await other.end();
  });
});
