/** Tokens for plugins and programs, made by hand or by pairing. */
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { confirmedPairing, createdToken, idParam, newPairing, newToken, page, pageQuery, pairing, pairingParam, startedPairing, token } from '@ringbook/contracts';
import type { z } from 'zod';
import { networkOf } from './address.js';
import { Asker, Route, type KnownRequest } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { PairingService } from './pairing.service.js';
import { SessionStore } from './session.store.js';
import { ThrottleService } from './throttle.service.js';

@Controller('api/v1')
export class TokenController {
  constructor(private readonly sessions: SessionStore, private readonly pairings: PairingService, private readonly throttle: ThrottleService, @Inject(RELAY) private readonly relay: Relay) {}

  @Get('tokens')
  @Route({ right: 'own', title: 'Your tokens', answer: page(token), tag: 'account' })
  list(@Asker() who: Who, @Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>) { return this.sessions.tokens(who.id, query); }

  @Post('tokens')
  @Route({ right: 'signedIn', title: 'A new token of yours; shown this once', answer: createdToken, status: 201, tag: 'account' })
  create(@Asker() who: Who, @Body({ schema: newToken }) body: z.infer<typeof newToken>) { return this.sessions.createToken(who.id, body.name); }

  @Delete('tokens/:id')
  @Route({ right: 'own', title: 'Revoke a token of yours', tag: 'account' })
  async remove(@Asker() who: Who, @Param({ schema: idParam }) { id }: z.infer<typeof idParam>): Promise<void> {
    if (!await this.sessions.deleteToken(id, who.id)) throw new Fault('missing', 'token.missing', 'You have no such token');
    this.relay.publish('rights', { personId: who.id });
  }

  @Post('pairings')
  @Route({ right: 'open', title: 'A plugin starts to pair', answer: startedPairing, status: 201, tag: 'account' })
  async start(@Body({ schema: newPairing }) body: z.infer<typeof newPairing>, @Req() request: KnownRequest) {
    await this.throttle.count('startPairing', networkOf(request.ip));
    return this.pairings.start(body.name);
  }

  @Get('pairings/:id')
  @Route({ right: 'open', title: 'The plugin asks whether it has been confirmed; gives the token once', answer: pairing, tag: 'account' })
  collect(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>) { return this.pairings.collect(id); }

  @Post('pairings/:code/confirm')
  @Route({ right: 'signedIn', title: 'Confirm the plugin that shows this code: it gets a token of yours', answer: confirmedPairing, tag: 'account' })
  async confirm(@Asker() who: Who, @Param({ schema: pairingParam }) { code }: z.infer<typeof pairingParam>) {
    await this.throttle.count('confirmPairing', who.id);
    return this.pairings.confirm(code, who.id);
  }
}
