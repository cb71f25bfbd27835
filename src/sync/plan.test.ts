import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Etags, FEW, plan } from './plan.js';
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
      expect(plan(after, full(server), after, acceptEmpty)).toEqual({ kind: 'go', add: [], update: [], remove: [] });
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

  it('holds when everything is suddenly gone, unless it is told so, or each card was deleted by name', () => {
    fc.assert(fc.property(etags, (local) => {
      const nothing = new Map<string, string>();
      expect(plan(local, full(nothing)).kind).toBe(local.size > FEW ? 'held' : 'go');
      expect(apply(local, plan(local, full(nothing), local, acceptEmpty)).size).toBe(0);
      expect(apply(local, plan(local, changes(local, nothing))).size).toBe(0);
    }));
  });

  it('reads a card without an etag again each time', () => {
    const local = new Map([['a', '']]);
    expect(plan(local, full(local))).toMatchObject({ update: [{ href: 'a', etag: '' }] });
  });
});
