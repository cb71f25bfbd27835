/** What a call from a number would find, in your own address books or, for administrators, in anybody's. */
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { lookupAnswer, lookupQuery, type LookupAnswer } from '@ringbook/contracts';
import type { z } from 'zod';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { DirectoryService } from './directory.service.js';

@Controller('api/v1/directory')
export class LookupController {
  constructor(@Inject(DirectoryService) private readonly directory: DirectoryService) {}

  @Get('lookup')
  @Route({ right: 'own', title: 'The contact a call from this number would find, and how surely', answer: lookupAnswer })
  async lookup(@Asker() who: Who, @Query({ schema: lookupQuery }) { number, user }: z.infer<typeof lookupQuery>): Promise<LookupAnswer> {
    if (user && user !== who.id && who.role !== 'admin') throw new Fault('forbidden', 'right.missing', 'You may look into your own address books only');
    const match = await this.directory.lookup(number, user ?? who.id);
    return { number, ...match, code: match.contact?.code ?? null, chosen: match.chosen ?? false };
  }
}
