import { Injectable } from '@nestjs/common';
import type { Method } from '@ringbook/contracts';
import type { MethodCheck } from '../call/method-check.js';
import { Fault } from '../shared/fault.js';
import { ProfileStore } from './profile.store.js';

@Injectable()
export class MethodCheckService implements MethodCheck {
  constructor(private readonly profiles: ProfileStore) {}

  check(method: Method, path: string, personId: string): Promise<void> { return this.profiles.check(method, path, personId); }

  async telephone(personId: string, extension: string | undefined): Promise<string> {
    const own = await this.profiles.extensions(personId);
    const found = extension === undefined ? own[0] : own.find((ext) => ext === extension);
    if (found) return found;
    if (extension === undefined) throw new Fault('conflict', 'device.none', 'You have no telephone to take this call with');
    throw new Fault('invalid', 'request.invalid', 'Some fields are wrong', { errors: [{ path: 'device', message: 'is not one of your telephones' }] });
  }
}
