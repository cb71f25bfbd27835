import { expect, it } from 'vitest';
import { unsent } from './unsent.js';

it('what was sent is done with', () => { const sent = { a: 1 }; expect(unsent(sent, sent)).toBeNull(); });
it('what was typed while saving stays, even when it reads the same', () => { const typed = { a: 1 }; expect(unsent(typed, { a: 1 })).toBe(typed); });
it('what was thrown away stays thrown away', () => { expect(unsent(null, { a: 1 })).toBeNull(); });
