/** A practice office for tests: one Asterisk, two telephones, the outside world, and a caller; every port is its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AsteriskOptions, PHONE_IP, startAsterisk, TRUNK_IP } from '../../src/practice/asterisk.adapter.js';
import { unpackPhoneSystem } from '../../src/practice/debs.adapter.js';
import { type CallOptions, type Phone, type PhoneOptions, placeCall, startPhone } from '../../src/practice/phone.adapter.js';
import { freePort } from '../../src/practice/ports.adapter.js';
import { Ami } from './ami.js';

export const ALICE = '+4989100101';
export const BOB = '+4989100102';

export const openOffice = async (more: Partial<AsteriskOptions> = {}) => {
  const { root } = await unpackPhoneSystem({ dir: join(import.meta.dirname, '../../.cache/phone-system') });
  const dir = await mkdtemp(join(tmpdir(), 'ringbook-office-'));
  const [alice, bob, world] = [await freePort('udp', PHONE_IP), await freePort('udp', PHONE_IP), await freePort('udp', TRUNK_IP)];
  const spool = join(dir, 'spool');
  const asterisk = await startAsterisk({
    root, runDir: join(dir, 'asterisk'), spool, worldPort: world, fallbackSeconds: 3,
    numbers: [{ number: ALICE, fallback: 'PJSIP/101' }, { number: BOB, fallback: 'PJSIP/102' }],
    extensions: [{ extension: '101', port: alice, name: 'Alice' }, { extension: '102', port: bob, name: 'Bob' }], ...more,
  });
  const ami = await Ami.open(asterisk.amiUrl);
  const phones: Phone[] = [];
  const phone = async (at: Pick<PhoneOptions, 'port' | 'ip'>, options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>): Promise<Phone> => {
    const started = await startPhone({ root, dir, ...at, ...options });
    phones.push(started);
    return started;
  };
  return {
    root, dir, spool, asterisk, ami,
    alice: (options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>) => phone({ port: alice }, options),
    bob: (options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>) => phone({ port: bob }, options),
    world: (options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>) => phone({ port: world, ip: TRUNK_IP }, options),
    call: (options: Partial<CallOptions> = {}) => placeCall({ root, dir, sipAddress: asterisk.sipAddress, from: '+4930123456', to: ALICE, ...options }),
    /** Between tests: the telephones go, the bridge is gone. */
    clear: async () => { await Promise.all(phones.splice(0).map((one) => one.stop())); await ami.noHeartbeat(); },
    close: async () => {
      await Promise.all(phones.splice(0).map((one) => one.stop()));
      ami.close();
      await asterisk.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
export type Office = Awaited<ReturnType<typeof openOffice>>;
