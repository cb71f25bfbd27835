/** A user's rules and what applies when no rule does. */
import { Body, Controller, Get, Headers, Param, Put, Res } from '@nestjs/common';
import { idParam, profile, storedProfile, type StoredProfile } from '@ringbook/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { versionOf } from '../http/etag.js';
import { Route } from '../http/route.adapter.js';
import { ProfileStore } from './profile.store.js';

@Controller('api/v1/users/:id/profile')
export class ProfileController {
  constructor(private readonly profiles: ProfileStore) {}

  @Get()
  @Route({ right: 'self', title: 'Rules of a user; ETag is their version', answer: storedProfile })
  async get(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>, @Res({ passthrough: true }) reply: FastifyReply) {
    return tagged(await this.profiles.get(id), reply);
  }

  @Put()
  @Route({ right: 'self', title: 'Replace the rules of a user; with If-Match only if nobody changed them meanwhile (412)', answer: storedProfile })
  async put(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>, @Body({ schema: profile }) body: z.infer<typeof profile>, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    return tagged(await this.profiles.put(id, body, versionOf(ifMatch)), reply);
  }
}

const tagged = (stored: StoredProfile, reply: FastifyReply): StoredProfile => {
  void reply.header('etag', `"${stored.version}"`);
  return stored;
};
