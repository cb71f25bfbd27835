/** Who a number is when several contacts have it: what you said, to be looked through and taken back. */
import { Body, Controller, Get, Put } from '@nestjs/common';
import { lookupAnswer, numberChoice, numberChoices, type LookupAnswer, type NumberChoices } from '@ringbook/contracts';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { ChoiceStore } from './choice.store.js';

@Controller('api/v1/directory/choices')
export class ChoiceController {
  constructor(private readonly choices: ChoiceStore) {}

  @Get()
  @Route({ right: 'own', title: 'Numbers of several contacts, and who you said they are', answer: numberChoices })
  async list(@Asker() who: Who): Promise<NumberChoices> { return { items: await this.choices.list(who.id) }; }

  @Put()
  @Route({ right: 'own', title: 'Say who a number is when several contacts have it; null: nobody has said so', answer: lookupAnswer })
  async choose(@Asker() who: Who, @Body({ schema: numberChoice }) { number, contactId }: z.infer<typeof numberChoice>): Promise<LookupAnswer> {
    const match = await this.choices.choose(who.id, number, contactId);
    return { number, ...match, code: match.contact?.code ?? null, chosen: match.chosen ?? false };
  }
}
