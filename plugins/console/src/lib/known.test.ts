import { expect, it } from 'vitest';
import { asKnown } from './known.js';

const KNOWN = [{ code: 'VIP' }, { code: 'vm' }, { code: 'VM' }];
it.each([['vip', 'VIP'], ['VIP', 'VIP'], ['vm', 'vm'], ['Vm', 'vm'], ['new', 'new'], ['', '']])('a code in the letters in which it is known: %s', (typed, code) => { expect(asKnown(typed, KNOWN)).toBe(code); });
