/** "What would happen to a call from X to Y?": the same facts and the same decision as for a real call; nothing is changed. */
import type { DecisionAnswer } from '@ringbook/contracts';
import type { Ask, Question } from '../handling/ask.js';
import { decide } from '../handling/decide.js';
import { canonicalOf } from '../number/canonical.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import { gather } from './gather.store.js';

export class AskService implements Ask {
  constructor(private readonly db: Db, private readonly region: string) {}

  async ask({ from, to, at }: Question): Promise<DecisionAnswer> {
    const cli = from === 'withheld' ? { withheld: true } : { number: from, withheld: false };
    const facts = await gather(this.db, this.region, { cli, called: canonicalOf(to, this.region), at, file: 'asked' });
    if (!facts.situation) throw new Fault('missing', 'number.unassigned', `Nobody here has the number ${to}`);
    const decision = decide(facts.situation);
    const { match, situation } = facts;
    return { ...decision, userId: situation.user.id, at, tier: match.tier, contact: match.contact, candidates: match.candidates, code: match.contact?.code ?? null, status: situation.status.status };
  }
}
