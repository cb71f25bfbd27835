/** What one client has been told of the pops, so that nothing is told twice and nothing older after something newer. */
import type { Pop } from '@ringbook/contracts';

export type Seen = Map<string, { version: number; callId: string; endedAt: number | null }>;
export type PopNews = 'pop.opened' | 'pop.changed' | 'pop.closed' | undefined;
/** How long an ended pop is remembered, so that a late message about it does not bring it back. In milliseconds. */
const REMEMBERED = 10 * 60_000;

const note = (seen: Seen, pop: Pop) => seen.set(pop.id, { version: pop.version, callId: pop.callId, endedAt: pop.endedAt === null ? null : Date.parse(pop.endedAt) });

/** Remembers `pop` and says which message it is; undefined when the client knows it already. */
export const newsOf = (seen: Seen, pop: Pop): PopNews => {
  const known = seen.get(pop.id);
  if (known && known.version >= pop.version) return undefined;
  note(seen, pop);
  if (pop.state === 'ended') return 'pop.closed';
  return known ? 'pop.changed' : 'pop.opened';
};

export const remember = (seen: Seen, pops: readonly Pop[]): void => { for (const pop of pops) note(seen, pop); };

/** Calls the client believes to be going on, but which are not among `live`. */
export const overdue = (seen: Seen, live: ReadonlySet<string>): string[] =>
  [...seen].filter(([id, known]) => known.endedAt === null && !live.has(id)).map(([, known]) => known.callId);

export const forgetEnded = (seen: Seen, now: number): void => {
  for (const [id, known] of seen) if (known.endedAt !== null && now - known.endedAt > REMEMBERED) seen.delete(id);
};
