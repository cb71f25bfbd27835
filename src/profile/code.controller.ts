/** What handling codes mean to you: names, colours, a sentence each. */
import { Body, Controller, Get, Put } from '@nestjs/common';
import { codeList, knownCodes, type KnownCodes } from '@ringbook/contracts';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { CodeStore } from './code.store.js';

@Controller('api/v1/codes')
export class CodeController {
  constructor(private readonly codes: CodeStore) {}

  @Get()
  @Route({ right: 'own', title: 'Handling codes: those you described, those in your contacts and in your rules', answer: knownCodes })
  async list(@Asker() who: Who): Promise<KnownCodes> { return { codes: await this.codes.known(who.id) }; }

  @Put()
  @Route({ right: 'own', title: 'Say what codes mean to you; replaces what you said before', answer: knownCodes })
  async put(@Asker() who: Who, @Body({ schema: codeList }) { codes }: z.infer<typeof codeList>): Promise<KnownCodes> {
    await this.codes.put(who.id, codes);
    return { codes: await this.codes.known(who.id) };
  }
}
