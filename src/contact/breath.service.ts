/** Work on many cards in small bites: calls of the same process get their turn in between. */
import { setImmediate } from 'node:timers/promises';

/** Cards in one bite (about 5 ms), and bytes of them. */
const CARDS = 25;
const BYTES = 256 * 1024;
interface Bytes { bytes: Uint8Array }
type Sized = { card: Uint8Array | Bytes } | Bytes;
const sizeOf = (one: Sized): number => { const card = 'bytes' in one ? one.bytes : one.card; return 'bytes' in card ? card.bytes.length : card.length; };

/** What `of` makes of each. */
export const inBreaths = async <T extends Sized, R>(all: readonly T[], of: (one: T) => R): Promise<R[]> => {
  const made: R[] = [];
  let cards = 0, bytes = 0;
  for (const one of all) {
    made.push(of(one));
    cards += 1;
    bytes += sizeOf(one);
    if (cards < CARDS && bytes < BYTES) continue;
    [cards, bytes] = [0, 0];
    await setImmediate();
  }
  return made;
};
