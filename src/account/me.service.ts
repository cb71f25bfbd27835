/** A person with everything that belongs to them. */
import { Injectable } from '@nestjs/common';
import type { Me } from '@ringbook/contracts';
import { LineStore } from './line.store.js';
import { PersonStore } from './person.store.js';

@Injectable()
export class MeService {
  constructor(private readonly people: PersonStore, private readonly lines: LineStore) {}

  /** @throws Fault `user.missing` */
  async of(personId: string): Promise<Me> {
    const person = await this.people.need(personId);
    const [numbers, devices] = await Promise.all([this.lines.numbers(personId), this.lines.devices(personId)]);
    return { ...person, numbers, devices, rights: person.role === 'admin' ? ['admin'] : [] };
  }
}
