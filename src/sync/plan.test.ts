import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Etags, FEW, isDoubtful, MANY, plan } from './plan.js';
import type { Listing } from './port.js';

const href = fc.constantFrom(...'abcdefghij');
const etag = fc.constantFrom('1', '2', '1e3', 'W/"3"');
const etags = fc.dictionary(href, etag).map((all) => new Map<string, string>(Object.entries(all)));
const full = (server: Etags): Pick<Listing, 'kind' | 'items' | 'removed'> => ({ kind: 'full', items: [...server].map(([h, e]) => ({ href: h, etag: e })), removed: [] });
const changes = (from: Etags, to: Etags): Pick<Listing, 'kind' | 'items' | 'removed'> => ({
  kind: 'changes', items: [...to].filter(([h, e]) => from.get(h) !== e).map(([h, e]) => ({ href: h, etag: e })), removed: [...from.keys()].filter((h) => !to.has(h)),
});
/** Carries a plan out, as a sync would. */
const apply = (local: Etags, made: ReturnType<typeof plan>): Map<string, string> => {
  const result = new Map(local);
  if (made.kind === 'held') return result;
  for (const { href: h, etag: e } of [...made.add, ...made.update]) result.set(h, e);
  for (const h of made.remove) result.delete(h);
  return result;
};
const sorted = (all: Etags) => [...all].sort(([a], [b]) => (a < b ? -1 : 1));
const acceptEmpty = { acceptEmpty: true };

describe('plan', () => {
  it('makes our copies what a full listing says, and has nothing to do the second time', () => {
    fc.assert(fc.property(etags, etags, (local, server) => {
      const after = apply(local, plan(local, full(server), local, acceptEmpty));
      expect(sorted(after)).toEqual(sorted(server));
      expect(plan(after, full(server), after, acceptEmpty)).toEqual({ kind: 'go', add: [], update: [], remove: [], spared: [] });
    }));
  });

  it('comes to the same by changes as by a full listing, in whatever order and however often they are listed', () => {
    fc.assert(fc.property(etags, etags, fc.boolean(), (local, server, twice) => {
      const listing = changes(local, server);
      const items = twice ? [...listing.items, ...listing.items].toReversed() : listing.items;
      expect(sorted(apply(local, plan(local, { ...listing, items })))).toEqual(sorted(server));
    }));
  });

  it('never undoes what we wrote while the listing was on its way', () => {
    fc.assert(fc.property(etags, etags, href, (base, server, written) => {
      if (!base.has(written)) return;
      const local = new Map(base).set(written, 'ours');
      const listing = full(new Map([...server, [written, base.get(written)!]]));
      expect(apply(local, plan(local, listing, base)).get(written)).toBe('ours');
      expect(apply(local, plan(local, full(new Map([...server].filter(([h]) => h !== written))), base, acceptEmpty)).get(written)).toBe('ours');
      expect(apply(local, plan(local, full(new Map([...server, [written, 'theirs']])), base)).get(written)).toBe('theirs');
    }));
  });

  it('never takes away what we wrote since, and says so', () => {
    fc.assert(fc.property(etags, fc.subarray([...'abcdefghij']), fc.boolean(), (base, written, named) => {
      const local = new Map([...base].map(([h, e]) => [h, written.includes(h) ? 'ours' : e]));
      const nothing = named ? { kind: 'changes' as const, items: [], removed: [...local.keys()] } : full(new Map());
      const made = plan(local, nothing, base, acceptEmpty);
      const mine = [...local.keys()].filter((h) => written.includes(h));
      expect(sorted(apply(local, made))).toEqual(sorted(new Map(mine.map((h) => [h, 'ours']))));
      expect(made).toMatchObject({ spared: mine });
    }));
  });

  it('takes an increment with only those of ours that it names as it would with all', () => {
    fc.assert(fc.property(etags, etags, (local, server) => {
      const listing = changes(local, server);
      const named = new Set([...listing.items.map((item) => item.href), ...listing.removed]);
      const some = new Map([...local].filter(([h]) => named.has(h)));
      expect(plan(some, listing, some, { holding: local.size })).toEqual(plan(local, listing));
    }));
  });

  it('holds when everything is suddenly gone or another, unless it is told so, or each of a few cards was deleted by name', () => {
    fc.assert(fc.property(etags, (local) => {
      const nothing = new Map<string, string>(), others = new Map([['x', '1']]);
      expect(plan(local, full(nothing))).toMatchObject(local.size > FEW ? { kind: 'held', why: 'would-empty', going: local.size, coming: 0 } : { kind: 'go' });
      expect(plan(local, full(others))).toMatchObject(local.size > FEW ? { kind: 'held', why: 'would-replace', going: local.size, coming: 1 } : { kind: 'go' });
      expect(apply(local, plan(local, full(nothing), local, acceptEmpty)).size).toBe(0);
      expect(apply(local, plan(local, changes(local, nothing))).size).toBe(0);
    }));
  });

  it('holds when more than half and more than a few are suddenly gone, however that is told', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 120 }), fc.boolean(), (stay, going, named) => {
      const all = new Map(Array.from({ length: stay + going }, (_, i) => [`h${i}`, '1']));
      const left = new Map([...all].slice(going));
      const listing = named ? changes(all, left) : full(left);
      const large = going > MANY && going > stay;
      const made = plan(all, listing);
      expect(made.kind).toBe(large || (!named && stay === 0 && going > FEW) ? 'held' : 'go');
      if (made.kind === 'go') expect(made.remove).toHaveLength(going);
      else expect(made).toMatchObject({ going, holding: stay + going, why: stay === 0 ? 'would-empty' : 'would-lose' });
      expect(isDoubtful(listing, all.size)).toBe(named && large);
      expect(apply(all, plan(all, listing, all, acceptEmpty)).size).toBe(stay);
    }));
  });

  it('has an increment checked that names half of what we hold', () => {
    const named = (n: number) => ({ kind: 'changes' as const, items: Array.from({ length: n }, (_, i) => ({ href: `h${i}`, etag: '1' })), removed: [] });
    expect([isDoubtful(named(5), 10), isDoubtful(named(4), 10), isDoubtful(named(0), 0), isDoubtful({ ...named(10), kind: 'full' }, 10)]).toEqual([true, false, false, false]);
  });

  it('reads a card without an etag again each time', () => {
    const local = new Map([['a', '']]);
    expect(plan(local, full(local))).toMatchObject({ update: [{ href: 'a', etag: '' }] });
  });
});
