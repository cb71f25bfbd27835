import * as fc from 'fast-check';
import { boundedMethod, profile, target } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { Fault } from '../shared/fault.js';
import { versionOf } from './etag.js';
import { fieldErrors, type Issue } from './issues.js';
import { depthOf } from './json.js';
import { isOurs, mayUseCookie } from './origin.js';
import { INSTANT, packCursor, pageOf, TEXT, unpackCursor } from './page.js';
import { answerOf, faultOf } from './problem.js';
import { refusal } from './who.js';

describe('cursors', () => {
  it.each([
    ['2026-11-21 03:04:05.123456+00', true], ['2026-11-21 03:04:05-03:30', true], ['2024-02-29 00:00:00+05:45', true],
    ['9999-99-99 99:99:99+99', false], ['2026-02-29 00:00:00+00', false], ['0000-01-01 00:00:00+00', false], ['2026-01-01 24:00:00+00', false],
    ['2026-01-01 00:00:00+99', false], ['2026-01-01 00:00:00+01:75', false], ["2026-01-01 00:00:00+00'", false], ['', false],
  ])('takes %s for an instant: %s', (text, is) => { expect(INSTANT.test(text)).toBe(is); });

  it('come back as they went, whatever the sort key', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }).filter((s) => TEXT.test(s)), { minLength: 1, maxLength: 3 }), (key) => {
      const packed = packCursor(key);
      expect(packed).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(unpackCursor(packed, key.map(() => TEXT))).toEqual(key);
    }));
  });
  it('that are not ours are bad input', () => {
    fc.assert(fc.property(fc.string(), (text) => { expect(() => unpackCursor(text, [/^never$/])).toThrow(Fault); }));
  });
  it('end with the last page', () => {
    expect(pageOf([1, 2, 3], 3, String, (n) => [String(n)])).toEqual({ items: ['1', '2', '3'], cursor: null });
    expect(pageOf([1, 2, 3], 2, String, (n) => [String(n)])).toEqual({ items: ['1', '2'], cursor: packCursor(['2']) });
  });
});

it('the depth of JSON is what its parser would see', () => {
  const deep = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(deep)) : 0);
  for (const values of [fc.jsonValue(), fc.jsonValue({ stringUnit: fc.constantFrom(...'"\\[]{}a') })]) fc.assert(fc.property(values, (value) => { expect(depthOf(JSON.stringify(value))).toBe(deep(value)); }));
  expect(['"[[', '["\\', '', '[[}"'].map(depthOf)).toEqual([0, 1, 0, 2]);
});

it('bad input is told where it is: in unions of what was understood', () => {
  const errors = (schema: { safeParse(v: unknown): { error?: { issues: unknown[] } } }, value: unknown) => fieldErrors((schema.safeParse(value).error?.issues ?? []) as Issue[]);
  expect(errors(boundedMethod, { kind: 'ring', devices: ['1'], seconds: 20 }).map((e) => e.path)).toEqual(['devices.0']);
  expect(errors(profile, { rules: [], otherwise: { kind: 'fly' } }).map((e) => e.path)).toEqual(['otherwise.kind']);
  expect(errors(target, 'home')).toHaveLength(1);
  expect(errors(profile, { rules: [], otherwise: { kind: 'voicemail', x: 1 }, y: 2 }).map((e) => e.path)).toEqual(['otherwise.x', 'y']);
});

it('errors of others become faults; what broke inside stays inside', () => {
  expect(answerOf(faultOf(new Error('password=hunter2')))).toMatchObject({ status: 500, body: { code: 'internal' } });
  expect(JSON.stringify(answerOf(faultOf(new Error('password=hunter2'))))).not.toContain('hunter2');
  expect(faultOf({ getStatus: () => 404 }).code).toBe('route.missing');
  expect(faultOf({ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }).code).toBe('request.too-large');
  expect(faultOf({ statusCode: 418 }).code).toBe('request.invalid');
  expect(faultOf(undefined).code).toBe('internal');
  expect(answerOf(faultOf(new Error('timeout exceeded when trying to connect')))).toMatchObject({ status: 503, body: { code: 'store.busy' } });
  expect(answerOf(new Fault('limited', 'x.y', 'slow', { retryAfter: 0.2 })).headers).toEqual({ 'retry-after': '1' });
});

it('a cookie counts from our own pages and from programs', () => {
  const publicUrl = 'https://ringbook.example.org';
  expect(mayUseCookie({ publicUrl })).toBe(true);
  expect(mayUseCookie({ publicUrl, fetchSite: 'same-origin' })).toBe(true);
  expect(mayUseCookie({ publicUrl, fetchSite: 'same-site' })).toBe(false);
  expect(mayUseCookie({ publicUrl, origin: 'https://RINGBOOK.example.org' })).toBe(true);
  expect(isOurs('https://ringbook.example.org:444', 'ringbook.example.org', publicUrl)).toBe(false);
  expect(isOurs('moz-extension://ringbook.example.org', 'ringbook.example.org', publicUrl)).toBe(false);
});

it('an ETag is a version in quotes', () => {
  expect([versionOf('"3"'), versionOf('W/"3"'), versionOf('*'), versionOf(undefined)]).toEqual([3, 3, undefined, undefined]);
  for (const wrong of ['3', '"x"', '"1", "2"', '""']) expect(() => versionOf(wrong)).toThrow(Fault);
});

it('rights', () => {
  const [user, admin] = [{ id: 'a', name: 'A', role: 'user', via: 'cookie' }, { id: 'b', name: 'B', role: 'admin', via: 'token' }] as const;
  expect([refusal('open', undefined, undefined), refusal('own', undefined, 'a'), refusal('self', user, 'A'), refusal('self', user, 'b'), refusal('self', user, undefined), refusal('self', admin, 'a'), refusal('admin', user, 'a')])
    .toEqual([undefined, 'session.missing', undefined, 'right.missing', 'right.missing', undefined, 'right.missing']);
});
