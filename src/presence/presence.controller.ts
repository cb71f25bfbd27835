/** What a user is doing: visible to everybody signed in, set by themselves or an administrator. */
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { idParam, setStatus, userStatus } from '@ringbook/contracts';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { PresenceService } from './presence.service.js';

@Controller('api/v1/users/:id/status')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Get()
  @Route({ right: 'signedIn', title: 'What a user is doing, and how we know', answer: userStatus })
  get(@Asker() who: Who, @Param({ schema: idParam }) { id }: z.infer<typeof idParam>) { return this.presence.of(id, new Date().toISOString(), who.id); }

  @Put()
  @Route({ right: 'self', title: 'Say what you are doing, and until when', answer: userStatus })
  async put(@Asker() who: Who, @Param({ schema: idParam }) { id }: z.infer<typeof idParam>, @Body({ schema: setStatus }) body: z.infer<typeof setStatus>) {
    const now = new Date().toISOString();
    await this.presence.set(id, body, now);
    return this.presence.of(id, now, who.id);
  }
}
