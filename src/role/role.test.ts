import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profile } from '@ringbook/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../config/config.js';
import { readSecretKey } from '../config/secret-key.adapter.js';
import { practiceCards } from '../contact/practice.js';
import { parseNumber } from '../number/parse.js';
import { PRACTICE_NUMBERS } from '../practice/practice.service.js';
import { greeting } from './greeting.js';
import { lockFolder } from './lock.adapter.js';
import { PRACTICE_PEOPLE, SUGGESTED } from './practice-world.js';
import { wantsPractice } from './roles.js';

let dir: string;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'ringbook-role-')); });
afterEach(() => { rmSync(dir, { recursive: true }); });

describe('roles', () => {
  it('run the practice phone system only where the connection would be, and only without a real one', () => {
    expect(wantsPractice(parseConfig({}))).toBe(true);
    expect(wantsPractice(parseConfig({ ROLES: 'api,worker' }))).toBe(false);
    expect(wantsPractice(parseConfig({ AMI_URL: 'ami://u:s@pbx' }))).toBe(false);
  });
});

describe('the lock on DATA_DIR', () => {
  it('lets one in, and the next when it has gone', () => {
    const free = lockFolder(dir);
    expect(() => lockFolder(dir)).toThrow(/running already/);
    free();
    lockFolder(dir)();
  });
  it('is not held by a process that died, nor by another that has its number now', () => {
    writeFileSync(join(dir, 'lock'), '999999999 123\n');
    lockFolder(dir)();
    writeFileSync(join(dir, 'lock'), `${process.ppid} 123\n`);
    lockFolder(dir)();
    writeFileSync(join(dir, 'lock'), '');
    lockFolder(dir)();
  });
  it('makes the folder, and says in words why it cannot', () => {
    lockFolder(join(dir, 'new/er'))();
    writeFileSync(join(dir, 'file'), '');
    for (const [folder, why] of [['/proc/no/such', 'no folder can be made there'], [join(dir, 'file'), 'that is no folder'], [join(dir, 'file/below'), 'that is no folder']] as const) {
      expect(() => lockFolder(folder)).toThrow(`Ringbook cannot keep its data in ${folder}: ${why}. Choose a folder with DATA_DIR.`);
    }
  });
});

describe('the secret key', () => {
  it('is made once and readable by its owner only', () => {
    const key = readSecretKey({ dataDir: dir });
    expect(readSecretKey({ dataDir: dir })).toEqual(key);
    expect(statSync(join(dir, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, 'secret.key'), 'utf8').trim().length).toBeGreaterThan(40);
    expect(readSecretKey({ dataDir: dir, secretKey: parseConfig({ SECRET_KEY: 'x'.repeat(32) }).secretKey })).not.toEqual(key);
  });
});

describe('the practice world', () => {
  it('has rules that the API would take, on the numbers of the practice phone system', () => {
    for (const person of PRACTICE_PEOPLE) expect(() => profile.parse(person.profile)).not.toThrow();
    expect(PRACTICE_PEOPLE.map(({ number, extension }) => ({ number, extension }))).toEqual(PRACTICE_NUMBERS.map(({ number, extension }) => ({ number, extension })));
  });
  it('suggests a caller from its address book, and one who is not in it', () => {
    const cards = [...practiceCards().values()].join('').replaceAll(/[ ()-]/g, '');
    const known = SUGGESTED.map(({ from }) => cards.includes(parseNumber(from, 'DE').e164!));
    expect(known).toEqual([true, false]);
  });
});

describe('the greeting', () => {
  const url = 'http://127.0.0.1:8080';
  const roles = ['api', 'gateway', 'worker'];
  it('says where to go, how to get in, what to try and how to connect a telephone system', () => {
    const text = greeting({ url, setUp: `${url}/setup#token=x`, pbx: { kind: 'practice', calls: SUGGESTED }, roles });
    for (const part of [url, '/setup#token=x', 'npm run call -- --from +493012345678 --to +4989100101', 'AMI_URL=ami://', 'Ctrl-C']) expect(text).toContain(part);
  });
  it('names the real telephone system, without credentials, and the roles when not all', () => {
    const text = greeting({ url, pbx: { kind: 'real', hosts: ['pbx:5038'] }, roles: ['api'] });
    expect(text).toContain('pbx:5038');
    expect(text).toContain('plays: api');
    expect(text).not.toMatch(/First time|practice/);
  });
});
