import { describe, expect, it } from 'vitest';
import { BOUNDS, Budget, keeper, smallQuestion, TEST_BOUNDS } from './budget.js';

const MB = 1024 * 1024;
const codeOf = (work: () => unknown): string => { try { work(); return 'it went well'; } catch (thrown) { return (thrown as { code: string }).code; } };
/** How often something goes well, and what then goes wrong. */
const until = (work: () => unknown, most = 2_000_000): [number, string] => {
  for (let count = 0; count < most; count += 1) { const code = codeOf(work); if (code !== 'it went well') return [count, code]; }
  return [most, 'it went well'];
};
const list = (bounds = BOUNDS): Budget => new Budget('dir', bounds);

describe('what a list may take', () => {
  it('is a thousand entries for a page of 500, half a million in all', () => {
    const page = list().question(BOUNDS.page, true);
    expect(until(() => page.message(300, true))).toEqual([1000, 'ldap.endless']);
    const [budget, all] = [list(), (its: Budget) => { const question = its.question(BOUNDS.page, true); for (let n = 0; n < 1000; n += 1) question.message(300, true); }];
    expect(until(() => { all(budget); })).toEqual([500, 'ldap.too-many']);
    budget.again(); // by another way
    expect(codeOf(() => { all(budget); })).toBe('it went well');
  });

  it('is so many bytes: fewer for what is held together', () => {
    for (const [kept, most] of [[true, 64], [false, 256]] as const) {
      const question = list().question(BOUNDS.entries, kept);
      expect(until(() => question.message(MB, true))).toEqual([most, 'ldap.too-large']);
    }
    const budget = list();
    expect(until(() => budget.question(BOUNDS.page, true).message(50 * MB, true))).toEqual([5, 'ldap.too-large']);
  });

  it('is so many rounds, and so much time, of which the last question has what is left', () => {
    const budget = list();
    expect(until(() => budget.question(1000, true))).toEqual([10_000, 'ldap.endless']);
    const slow = list();
    expect(slow.question(1000, true)).toMatchObject({ longest: 600_000 });
    expect(slow.question(1000, true).late().code).toBe('ldap.unreachable');
    slow.spend(1_500_000);
    expect(slow.question(1000, true)).toMatchObject({ longest: 300_000 });
    expect(slow.question(1000, true).late()).toMatchObject({ code: 'ldap.too-slow', kind: 'unavailable', message: expect.stringContaining('30 minutes') });
    expect(codeOf(() => slow.spend(300_001))).toBe('ldap.too-slow');
    expect(codeOf(() => slow.question(1000, true))).toBe('ldap.too-slow');
  });

  it('is less while somebody waits', () => {
    const question = list(TEST_BOUNDS).question(TEST_BOUNDS.entries, false);
    expect(until(() => question.message(MB, true))).toEqual([64, 'ldap.too-large']);
    expect(list(TEST_BOUNDS).question(1, false).longest).toBe(30_000);
  });
});

it('a question for one entry has a small answer', () => {
  const many = smallQuestion('dir', BOUNDS), large = smallQuestion('dir', BOUNDS);
  expect(until(() => many.message(10, false))).toEqual([1000, 'ldap.endless']);
  expect(until(() => large.message(MB, true))).toEqual([8, 'ldap.too-large']);
});

it('what is held counts by its values, not by its bytes alone', () => {
  const { entries, keep } = keeper('dir', BOUNDS);
  const entry = { dn: '', attributes: [{ name: 'cn', values: Array.from({ length: 9998 }, () => new Uint8Array()) }] };
  expect(until(() => keep(entry))).toEqual([50, 'ldap.endless']);
  expect(entries).toHaveLength(50);
});
