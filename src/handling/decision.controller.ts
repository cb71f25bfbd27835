/** "What would happen to such a call, and why?" Changes nothing. */
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { answerDecision, askDecision, type DecisionAnswer } from '@ringbook/contracts';
import type { z } from 'zod';
import { withoutTitles } from '../call/private.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { ASK, type Ask } from './ask.js';

@Controller('api/v1/decisions')
export class DecisionController {
  constructor(@Inject(ASK) private readonly asks: Ask) {}

  /** The answer tells whose rules and contacts apply, so it is for the one who was called. */
  @Post()
  @Route({ right: 'own', title: 'What would happen to such a call, and why; changes nothing', answer: answerDecision })
  async ask(@Asker() who: Who, @Body({ schema: askDecision }) body: z.infer<typeof askDecision>): Promise<DecisionAnswer> {
    const answer = await this.asks.ask({ ...body, at: body.at ?? new Date().toISOString() });
    if (answer.userId !== who.id && who.role !== 'admin') throw new Fault('missing', 'number.unassigned', `Nobody here has the number ${body.to}`);
    return answer.userId === who.id ? answer : { ...answer, because: withoutTitles(answer.because) };
  }
}
