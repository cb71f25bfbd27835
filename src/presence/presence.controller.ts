/** What a user is doing: visible to everybody signed in, set by themselves or an administrator. */
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { idParam, setStatus, userStatus } from '@ringbook/contracts';
import type { z } from 'zod';
import { Route } from '../http/route.adapter.js';
import { PresenceService } from './presence.service.js';

@Controller('api/v1/users/:id/status')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Get()
  @Route({ right: 'signedIn', title: 'What a user is doing, and how we know', answer: userStatus })
  get(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>) { return this.presence.of(id, new Date().toISOString()); }

  @Put()
  @Route({ right: 'self', title: 'Say what you are doing, and until when', answer: userStatus })
  put(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>, @Body({ schema: setStatus }) body: z.infer<typeof setStatus>) {
    return this.presence.set(id, body, new Date().toISOString());
  }
}
