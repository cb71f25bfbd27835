/** Whoever is signed in: what is told to them about themselves, and what they change. */
import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { me, patchMe, type Me } from '@ringbook/contracts';
import type { z } from 'zod';
import { credentialsOf } from '../http/guard.service.js';
import { Asker, Route, type KnownRequest } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { MeService } from './me.service.js';
import { OwnAccountService } from './own.service.js';

@Controller('api/v1/me')
export class MeController {
  constructor(private readonly people: MeService, private readonly own: OwnAccountService) {}

  @Get()
  @Route({ right: 'signedIn', title: 'The person signed in, with numbers, telephones and rights', answer: me, tag: 'account' })
  get(@Asker() who: Who): Promise<Me> { return this.people.of(who.id); }

  @Patch()
  @Route({ right: 'signedIn', title: 'Change your name, time zone or password; a new password ends your other sessions', answer: me, tag: 'account' })
  async patch(@Asker() who: Who, @Body({ schema: patchMe }) body: z.infer<typeof patchMe>, @Req() request: KnownRequest): Promise<Me> {
    await this.own.change({ personId: who.id, credentials: credentialsOf(request), address: request.ip }, body);
    return this.people.of(who.id);
  }
}
