/** Signing in and out, and setting up. */
import { Body, Controller, Delete, Inject, Post, Req, Res } from '@nestjs/common';
import { me, setUp, signIn, type Me } from '@ringbook/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { Route, type KnownRequest } from '../http/route.adapter.js';
import { SESSION_COOKIE } from '../http/who.js';
import { networkOf } from './address.js';
import { MeService } from './me.service.js';
import { SESSION_SECONDS } from './session.store.js';
import { SetUpService } from './set-up.service.js';
import { SignInService, type Opened } from './sign-in.service.js';
import { ThrottleService } from './throttle.service.js';

@Controller('api/v1')
export class SessionController {
  private readonly cookie: { path: string; httpOnly: boolean; sameSite: 'strict'; secure: boolean };
  constructor(private readonly signIns: SignInService, private readonly setUps: SetUpService, private readonly people: MeService, private readonly throttle: ThrottleService, @Inject(CONFIG) config: Config) {
    this.cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: config.publicUrl.startsWith('https:') };
  }

  @Post('session')
  @Route({ right: 'open', title: 'Sign in: sets the session cookie', answer: me, tag: 'account' })
  async signIn(@Body({ schema: signIn }) body: z.infer<typeof signIn>, @Req() request: KnownRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Me> {
    return this.enter(await this.signIns.signIn(body.email, body.password, request.ip), reply);
  }

  /** Open, so that whoever is signed out already is told that they are. */
  @Delete('session')
  @Route({ right: 'open', title: 'Sign out', tag: 'account' })
  async signOut(@Req() request: KnownRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.signIns.signOut(request.cookies[SESSION_COOKIE]);
    void reply.clearCookie(SESSION_COOKIE, this.cookie);
  }

  @Post('setup')
  @Route({ right: 'open', title: 'Make the first administrator, with the token of the set-up link, and sign in', answer: me, tag: 'account' })
  async setUp(@Body({ schema: setUp }) { token, ...admin }: z.infer<typeof setUp>, @Req() request: KnownRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Me> {
    await this.throttle.count('setUp', networkOf(request.ip));
    return this.enter(await this.signIns.open(await this.setUps.finish(token, admin)), reply);
  }

  private async enter({ personId, secret }: Opened, reply: FastifyReply): Promise<Me> {
    void reply.setCookie(SESSION_COOKIE, secret, { ...this.cookie, maxAge: SESSION_SECONDS });
    return this.people.of(personId);
  }
}
