import { userStatus } from '@ringbook/contracts';
import { describe, expect, it } from 'vitest';
import { resolveStatus } from './resolve.js';

const at = '2026-11-20T10:00:00.000Z';
const earlier = '2026-11-20T09:00:00.000Z';
const later = '2026-11-20T11:00:00.000Z';
const phone = (state: string) => ({ endpoint: 'PJSIP/101', state, at: earlier });
const own = (status: string, until: string | null = null) => ({ status, until, at: earlier });

describe('resolveStatus', () => {
  it.each([
    ['own word wins over the telephone', own('dnd'), [phone('busy')], 'dnd', 'the user'],
    ['own word that has not run out', own('meeting', later), [phone('idle')], 'meeting', 'the user'],
    ['own word that has run out', own('meeting', earlier), [phone('idle')], 'available', 'asterisk'],
    ['own word that runs out right now', own('meeting', at), [phone('busy')], 'onCall', 'asterisk'],
    ['available says nothing about the telephone', own('available'), [phone('busy')], 'onCall', 'asterisk'],
    ['available and quiet', own('available', later), [phone('idle')], 'available', 'the user'],
    ['one of two telephones in use', undefined, [phone('idle'), phone('busy')], 'onCall', 'asterisk'],
    ['one in use, one ringing', undefined, [phone('ringing'), phone('busy')], 'onCall', 'asterisk'],
    ['a ringing telephone is not a call yet', undefined, [phone('ringing')], 'available', 'asterisk'],
    ['nothing known', undefined, [], 'available', 'ringbook'],
    ['a word of a newer version', own('fishing'), [phone('busy')], 'onCall', 'asterisk'],
  ])('%s', (_, word, phones, status, source) => {
    const answer = resolveStatus({ own: word, phones, at });
    expect(answer).toMatchObject({ status, because: [{ source }] });
    expect(answer.because.every((fact) => fact.source && fact.at)).toBe(true);
    expect(userStatus.parse(answer)).toEqual(answer);
  });

  it('says until when, for as long as it stands', () => {
    expect(resolveStatus({ own: own('away', later), phones: [], at }).until).toBe(later);
    expect(resolveStatus({ own: own('away', earlier), phones: [], at }).until).toBeNull();
  });
});
