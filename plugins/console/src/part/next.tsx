/** When a source is read next; nothing when that moment has passed and it is about to be. */
import { useNow } from '../lib/clock.js';
import { w } from '../words/index.js';
import { Age } from './basics.js';

const SOON_MS = 15_000;
export const Next = ({ at }: { at: string | null }) => {
  const now = useNow();
  const left = at === null ? 0 : Date.parse(at) - now;
  return at === null || left <= 0 ? null : <div><dt>{w.books.next}</dt><dd>{left < SOON_MS ? w.books.soon : <Age at={at} />}</dd></div>;
};
