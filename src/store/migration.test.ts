import { describe, expect, it } from 'vitest';
import { planMigrations } from './migration.js';

const file = (name: string, checksum = name) => ({ name, checksum });

describe('migrations', () => {
  it('applies what is missing, in order', () => {
    expect(planMigrations([file('0001-a.sql'), file('0002-b.sql'), file('0003-c.sql')], [file('0001-a.sql')]).map((f) => f.name)).toEqual(['0002-b.sql', '0003-c.sql']);
  });
  it('refuses a changed file, a newer database and a late number', () => {
    expect(() => planMigrations([file('0001-a.sql', 'y')], [file('0001-a.sql', 'x')])).toThrow(/never edited/);
    expect(() => planMigrations([file('0001-a.sql')], [file('0001-a.sql'), file('0002-b.sql')])).toThrow(/newer Ringbook/);
    expect(() => planMigrations([file('0001-a.sql'), file('0002-b.sql')], [file('0002-b.sql')])).toThrow(/higher number/);
  });
});
