/** What people do to a live call goes into the call's own order of events; whoever drains it carries it out. */
import type { Method } from '@ringbook/contracts';
import type { Act, Actor } from '../call/act.js';
import type { UserEvent } from '../call/event.js';
import { Fault } from '../shared/fault.js';
import { json, type Db } from '../store/schema.js';
import type { Wake } from './intake.service.js';

export class ActService implements Act {
  constructor(private readonly db: Db, private readonly wake: Wake) {}

  override(callId: string, method: Method, by: Actor): Promise<void> {
    return this.append(callId, (call, at) => ({ kind: 'override', call, at, method, by }));
  }

  hangup(callId: string, by: Actor): Promise<void> {
    return this.append(callId, (call, at) => ({ kind: 'hangupRequest', call, at, by }));
  }

  private async append(callId: string, event: (linkedid: string, at: string) => UserEvent): Promise<void> {
    const call = await this.db.selectFrom('call').select(['pbx', 'linkedid', 'ended_at']).where('id', '=', callId).executeTakeFirst();
    if (!call) throw new Fault('missing', 'call.missing', 'There is no such call');
    if (call.ended_at) throw new Fault('conflict', 'call.ended', 'The call has ended');
    await this.db.insertInto('call_event').values({ call_id: callId, pbx: call.pbx, event: json(event(call.linkedid, new Date().toISOString())) }).execute();
    this.wake(callId);
  }
}
