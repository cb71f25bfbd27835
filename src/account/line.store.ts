/** The numbers callers dial to reach a person, and that person's telephones. */
import { Inject, Injectable } from '@nestjs/common';
import type { Device, LineNumber } from '@ringbook/contracts';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { canonicalOf } from '../number/canonical.js';
import { Fault } from '../shared/fault.js';
import { must } from '../shared/must.js';
import { DB, type Db } from '../store/schema.js';
import { taken } from './taken.js';

const numberTaken = taken('number', 'number.taken', 'Somebody has this number already');
const extensionTaken = taken('extension', 'device.taken', 'There is a telephone with this extension already');
const DEVICE = ['id', 'extension', 'name', 'endpoint'] as const;

@Injectable()
export class LineStore {
  constructor(@Inject(DB) private readonly db: Db, @Inject(CONFIG) private readonly config: Pick<Config, 'region'>) {}

  numbers(personId: string): Promise<LineNumber[]> {
    return this.db.selectFrom('number').select(['id', 'number']).where('person_id', '=', personId).orderBy('number').execute();
  }
  /** Kept in canonical form. @throws Fault `number.taken` */
  async addNumber(personId: string, raw: string): Promise<LineNumber> {
    const number = canonicalOf(raw, this.config.region);
    return must(await numberTaken(this.db.insertInto('number').values({ person_id: personId, number }).returning(['id', 'number']).executeTakeFirst()), 'the number just added');
  }
  /** @throws Fault `number.missing` */
  async removeNumber(personId: string, id: string): Promise<void> {
    const gone = await this.db.deleteFrom('number').where('id', '=', id).where('person_id', '=', personId).returning('id').executeTakeFirst();
    if (!gone) throw new Fault('missing', 'number.missing', 'This user has no such number');
  }

  devices(personId: string): Promise<Device[]> {
    return this.db.selectFrom('device').select(DEVICE).where('person_id', '=', personId).orderBy('extension').execute();
  }
  /** @throws Fault `device.taken` */
  async addDevice(personId: string, device: Omit<Device, 'id'>): Promise<Device> {
    return must(await extensionTaken(this.db.insertInto('device').values({ person_id: personId, ...device }).returning(DEVICE).executeTakeFirst()), 'the telephone just added');
  }
  /** @throws Fault `device.missing` */
  async removeDevice(personId: string, id: string): Promise<void> {
    const gone = await this.db.deleteFrom('device').where('id', '=', id).where('person_id', '=', personId).returning('id').executeTakeFirst();
    if (!gone) throw new Fault('missing', 'device.missing', 'This user has no such telephone');
  }
}
