/** Calls: their history, and what can be done to a live one. Only whose call it is may act on it. */
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { callDetail, callParam, callQuery, callSummary, forwardBody, noteBody, overrideBody, page, takeBody, type Method } from '@ringbook/contracts';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { ACT, type Act } from './act.js';
import { CallHistoryStore } from './history.store.js';
import { METHOD_CHECK, type MethodCheck } from './method-check.js';

type Id = z.infer<typeof callParam>;
const missing = () => new Fault('missing', 'call.missing', 'There is no such call');
/** How long a telephone rings for its person who said "take". */
const TAKE_SECONDS = 25;

@Controller('api/v1/calls')
export class CallController {
  constructor(private readonly history: CallHistoryStore, @Inject(ACT) private readonly acts: Act, @Inject(METHOD_CHECK) private readonly methods: MethodCheck) {}

  @Get()
  @Route({ right: 'own', title: 'Calls, newest first: your own; administrators see everybody\'s', answer: page(callSummary) })
  list(@Asker() who: Who, @Query({ schema: callQuery }) query: z.infer<typeof callQuery>) { return this.history.search(query, who); }

  @Get(':id')
  @Route({ right: 'own', title: 'A call with its decision and what was done, step by step', answer: callDetail })
  async get(@Asker() who: Who, @Param({ schema: callParam }) { id }: Id) {
    const call = await this.history.get(id, who);
    if (!call) throw missing();
    return call;
  }

  @Post(':id/override')
  @Route({ right: 'own', title: 'Handle this one call otherwise', status: 202 })
  async override(@Asker() who: Who, @Param({ schema: callParam }) { id }: Id, @Body({ schema: overrideBody }) body: z.infer<typeof overrideBody>): Promise<void> {
    await this.act(id, who, body.method, 'method');
  }

  @Post(':id/forward')
  @Route({ right: 'own', title: 'Forward this one call', status: 202 })
  async forward(@Asker() who: Who, @Param({ schema: callParam }) { id }: Id, @Body({ schema: forwardBody }) { to }: z.infer<typeof forwardBody>): Promise<void> {
    await this.act(id, who, { kind: 'forward', to }, '');
  }

  @Post(':id/take')
  @Route({ right: 'own', title: 'Ring one of your telephones with this call, now', status: 202 })
  async take(@Asker() who: Who, @Param({ schema: callParam }) { id }: Id, @Body({ schema: takeBody.prefault({}) }) body: z.infer<typeof takeBody>): Promise<void> {
    await this.mine(id, who);
    const device = await this.methods.telephone(who.id, body.device);
    await this.acts.override(id, { kind: 'ring', devices: [device], seconds: TAKE_SECONDS }, actor(who));
  }

  @Post(':id/hangup')
  @Route({ right: 'own', title: 'End this call', status: 202 })
  async hangup(@Asker() who: Who, @Param({ schema: callParam }) { id }: Id): Promise<void> {
    await this.mine(id, who);
    await this.acts.hangup(id, actor(who));
  }

  @Post(':id/note')
  @Route({ right: 'own', title: 'Keep a note with this call; an empty one takes it away' })
  async note(@Asker() who: Who, @Param({ schema: callParam }) { id }: Id, @Body({ schema: noteBody }) body: z.infer<typeof noteBody>): Promise<void> {
    await this.owned(id, who);
    await this.history.note(id, body.note);
  }

  private async act(id: string, who: Who, method: Method, path: string): Promise<void> {
    await this.mine(id, who);
    await this.methods.check(method, path, who.id);
    await this.acts.override(id, method, actor(who));
  }

  /** @throws Fault when the call is not this person's: it may be seen by an administrator, but not touched */
  private async owned(id: string, who: Who) {
    const call = await this.history.acting(id, who);
    if (!call) throw missing();
    if (call.person_id !== who.id) throw new Fault('forbidden', 'call.not-yours', 'This is somebody else\'s call');
    return call;
  }
  private async mine(id: string, who: Who): Promise<void> {
    if ((await this.owned(id, who)).ended_at) throw new Fault('conflict', 'call.ended', 'The call has ended');
  }
}
const actor = (who: Who) => ({ userId: who.id, name: who.name });
