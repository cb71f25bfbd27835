import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AmiAction, serialise, succeeded, text, texts } from './message.js';

describe('fields', () => {
  it('are read as one value or as all', () => {
    const message = { Response: 'Success', Variable: ['a', 'b'] };
    expect([text(message, 'Response'), text(message, 'Variable'), text(message, 'Nothing')]).toEqual(['Success', 'a', '']);
    expect([texts(message, 'Response'), texts(message, 'Variable'), texts(message, 'Nothing')]).toEqual([['Success'], ['a', 'b'], []]);
    expect([succeeded(message), succeeded({ Response: 'Error' })]).toEqual([true, false]);
  });
});

describe('an action', () => {
  it('has its ActionID right behind its name, lists as repeated fields, and nothing for undefined', () => {
    expect(serialise({ Action: 'Originate', Priority: 1, Async: true, Variable: ['A=1', 'B=ü'], Nothing: undefined, ActionID: 'mine' }, 'rb-1'))
      .toBe('Action: Originate\r\nActionID: rb-1\r\nPriority: 1\r\nAsync: true\r\nVariable: A=1\r\nVariable: B=ü\r\n\r\n');
  });

  it('cannot carry another one, and the refusal does not repeat the value', () => {
    const attacks: AmiAction[] = [
      { Action: 'Ping\r\nAction: Originate' }, { Action: 'Setvar', Value: 'x\r\n\r\nAction: Command' }, { Action: 'Setvar', Value: ['ok', 'secret\nx'] },
      { Action: 'Setvar', Value: 'a\0b' }, { Action: 'Setvar', 'Value: x\r\nAction': 'Command' }, { Action: 'Setvar', 'A:B': 'x' }, { Action: 'Setvar', '': 'x' },
    ];
    for (const attack of attacks) {
      expect(() => serialise(attack, '1')).toThrow(expect.objectContaining({ code: 'ami.value-refused', message: expect.not.stringContaining('secret') }));
    }
  });

  it('is one message of its own lines, whatever the values', () => {
    fc.assert(fc.property(fc.dictionary(fc.stringMatching(/^[A-Za-z]\w{0,9}$/), fc.string({ unit: 'binary', maxLength: 60 })), (fields) => {
      let written: string;
      try { written = serialise({ ...fields, Action: 'Setvar' }, 'id'); } catch { return; }
      const names = Object.keys(fields).filter((name) => name !== 'Action' && name !== 'ActionID');
      expect(written.split('\r\n').map((line) => line.split(':')[0])).toEqual(['Action', 'ActionID', ...names, '', '']);
    }));
  });

  it('is refused before Asterisk would cut it', () => {
    const tooLarge = expect.objectContaining({ code: 'ami.action-too-large' });
    expect(() => serialise({ Action: 'Setvar', Value: 'x'.repeat(990) }, '1')).not.toThrow();
    expect(() => serialise({ Action: 'Setvar', Value: 'x'.repeat(1000) }, '1')).toThrow(tooLarge);
    expect(() => serialise({ Action: 'Setvar', Value: '李'.repeat(334) }, '1')).toThrow(tooLarge);
    expect(() => serialise({ Action: 'Originate', Variable: Array.from({ length: 119 }, () => 'x') }, '1')).toThrow(tooLarge);
  });
});
