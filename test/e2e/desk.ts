/** One world for an e2e file: the office, the bridge, a Radicale address book with people of many scripts, and helpers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressBook } from '@ringbook/contracts';
import type { CallOptions, Phone, PhoneOptions } from '../../src/practice/phone.adapter.js';
import { wavOf } from '../../src/prompt/wav.js';
import { sine } from '../../src/practice/tone.js';
import { startRadicale, type Radicale } from '../lab/radicale.js';
import { openWorld, type World, type WorldOptions } from '../world.js';

export interface Person { uid: string; name: string; number: string; code?: string }
export const VIP: Person = { uid: 'vip', name: 'Ольга Иванова', number: '+49 30 1234-5601', code: 'VIP' };
export const VM: Person = { uid: 'vm', name: '李雷', number: '030 / 12345602', code: 'VM' };
export const ARABIC: Person = { uid: 'arabic', name: 'محمد علي', number: '+493012345603' };
export const EMOJI: Person = { uid: 'emoji', name: '😀 Emoji & <b>Co</b>', number: '+493012345604', code: 'FAM' };
export const PEOPLE = [VIP, VM, ARABIC, EMOJI];

export const card = (p: Person): string => ['BEGIN:VCARD', 'VERSION:3.0', `UID:${p.uid}`, `FN:${p.name}`, `N:${p.name};;;;`, `TEL;TYPE=WORK:${p.number}`, ...(p.code ? [`X-CUSTOM4:${p.code}`] : []), 'END:VCARD', ''].join('\r\n');
/** A number as a trunk delivers it. */
export const dialled = (p: Person): string => `+49${p.number.replaceAll(/[^0-9+]/g, '').replace(/^\+49|^0/, '')}`;

/** How long the tone is that stands for a greeting: short, so that tests are. */
export const GREETING_HZ = 1000;

export class Desk {
  readonly phones: Phone[] = [];
  private constructor(readonly world: World, readonly radicale: Radicale, public book: AddressBook) {}

  static async open(options: WorldOptions = {}): Promise<Desk> {
    const [world, radicale] = [await openWorld(options), await startRadicale()];
    try { return await Desk.furnish(world, radicale); } catch (thrown) { await world.close(); await radicale.stop(); throw thrown; }
  }

  private static async furnish(world: World, radicale: Radicale): Promise<Desk> {
    await mkdir(join(world.office.spool, 'prompts'), { recursive: true });
    await writeFile(join(world.office.spool, 'prompts/short.wav'), wavOf(sine(GREETING_HZ, 0, 6000)));
    await writeFile(join(world.office.spool, 'prompts/confirm.wav'), wavOf(sine(600, 0, 4000)));
    await world.people();
    for (const p of PEOPLE) await radicale.put(p.uid, card(p));
    const book = await world.admin.send<AddressBook>('POST', '/address-books', { kind: 'carddav', name: 'Friends', url: radicale.url, username: radicale.user, password: radicale.password });
    const desk = new Desk(world, radicale, book);
    await desk.sync(PEOPLE.length);
    return desk;
  }

  /** Synchronises and waits until the book holds so many contacts. */
  async sync(contacts: number): Promise<void> {
    await this.world.admin.send('POST', `/address-books/${this.book.id}/sync`);
    await this.world.until(async () => (await this.world.admin.get<{ contacts: number }>(`/address-books/${this.book.id}/health`)).contacts === contacts, 15_000, 'the address book');
  }

  /** The heartbeat is fresh: the dialplan will ask Ringbook. */
  async beating(): Promise<void> {
    await this.world.until(async () => Date.now() / 1000 - Number(/RB_HB=(\d+)/.exec(await this.world.office.asterisk.rx('dialplan show globals'))?.[1] ?? 0) < 3, 15_000, 'a heartbeat');
  }

  async alice(options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>): Promise<Phone> { return this.keep(await this.world.office.alice(options)); }
  async bob(options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>): Promise<Phone> { return this.keep(await this.world.office.bob(options)); }
  async outside(options: Omit<PhoneOptions, 'root' | 'dir' | 'port'>): Promise<Phone> { return this.keep(await this.world.office.world(options)); }
  call(options: Partial<CallOptions>) { return this.world.office.call(options); }

  private keep(phone: Phone): Phone { this.phones.push(phone); return phone; }
  /** Between tests: no telephone is left, and Asterisk has no call any more. */
  async clear(): Promise<void> {
    await Promise.all(this.phones.splice(0).map((p) => p.stop()));
    await this.world.office.asterisk.rx('channel request hangup all').catch(() => {});
    await this.world.until(async () => /\b0 active channels/.test(await this.world.office.asterisk.rx('core show channels count')), 8000, 'an Asterisk without calls');
    await sleep(50);
  }
  async close(): Promise<void> { await this.clear().catch(() => {}); await this.world.close(); await this.radicale.stop(); }
}
