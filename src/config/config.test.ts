import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Fault } from '../shared/fault.js';
import { environment, parseConfig } from './config.js';

const problems = (env: Record<string, string>): string => {
  try { parseConfig(env); } catch (thrown) { return (thrown as Fault).message; }
  return '';
};

describe('configuration', () => {
  it('needs nothing: every option has a default', () => {
    expect(parseConfig({})).toMatchObject({
      port: 8080, host: '127.0.0.1', publicUrl: 'http://127.0.0.1:8080', dataDir: './data', pbxes: [], roles: ['api', 'gateway', 'worker'], region: 'DE',
    });
  });

  it('names every problem at once, and never a value', () => {
    const text = problems({ PORT: 'hunter2', ROLES: 'api,boss', DATABASE_URL: 'mysql://u:hunter2@h', ADMIN_EMAIL: 'a@example.org', AMI_URL: 'http://u:hunter2@h' });
    for (const name of ['PORT', 'ROLES', 'DATABASE_URL', 'ADMIN_PASSWORD', 'AMI_URL']) expect(`${name}: ${text}`).toMatch(new RegExp(`^${name}: [^]*  ${name} must`));
    expect(text).not.toContain('hunter2');
  });

  it('reads several telephone systems, with passwords that need escaping', () => {
    const { pbxes } = parseConfig({ AMI_URL: 'ami://bridge:p%40ss@pbx1 amis://bridge:x@[::1]:5999?name=berlin' });
    expect(pbxes).toMatchObject([{ host: 'pbx1', port: 5038, tls: false, user: 'bridge' }, { id: 'berlin', host: '::1', port: 5999, tls: true }]);
    expect(pbxes[0]!.secret.reveal()).toBe('p@ss');
    expect(problems({ AMI_URL: 'ami://u:s@h ami://u:s@h' })).toContain('AMI_URL address 2');
  });

  it('reads hosts of address books', () => {
    expect(parseConfig({ BOOK_HOSTS: 'dav.office 10.0.0.0/8' }).bookHosts).toMatchObject({ names: ['dav.office'], networks: [{ bits: 104 }] });
    expect(parseConfig({}).bookHosts).toBeUndefined();
    expect(problems({ BOOK_HOSTS: 'dav.office https://x' })).toContain('BOOK_HOSTS entry 2 must be');
  });

  it('tells which options change nothing yet', () => {
    expect(parseConfig({ MAIL_FROM: 'a@example.org' }).unused).toEqual(['MAIL_FROM']);
    expect(parseConfig({}).unused).toEqual([]);
  });

  it('prints secrets as [secret] wherever they go', () => {
    const config = parseConfig({ DATABASE_URL: 'postgres://u:hunter2@h/d', ADMIN_EMAIL: 'a@example.org', ADMIN_PASSWORD: 'hunter2hunter2', AMI_URL: 'ami://u:hunter2@h' });
    expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}${config.databaseUrl}`).not.toContain('hunter2');
    expect(config.databaseUrl!.reveal()).toContain('hunter2');
  });

  it('takes an empty value as unset and trims', () => {
    expect(parseConfig({ PORT: '', REGION: ' at ' })).toMatchObject({ port: 8080, region: 'AT' });
    expect(parseConfig({ ROLES: 'worker api' }).roles).toEqual(['worker', 'api']);
  });

  it('has a sentence on every option', () => {
    for (const [name, option] of Object.entries(environment.shape)) expect(`${name}: ${option.meta()?.description ?? ''}`).toMatch(/: .{20,}\.$/);
  });
});
