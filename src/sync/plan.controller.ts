/** What a sync of an address book would do, and which of its cards were left out. */
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { idParam, page, skippedCard, syncPlan } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { BookStore } from './book.store.js';
import { SyncService } from './sync.service.js';

type Id = z.infer<typeof idParam>;

@Controller('api/v1/address-books')
export class PlanController {
  constructor(@Inject(BookStore) private readonly books: BookStore, @Inject(SyncService) private readonly syncs: SyncService) {}

  @Get(':id/plan')
  @Route({ right: 'own', title: 'What reading an address book again would do; the source is asked, nothing is changed', answer: syncPlan })
  async plan(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    await this.books.kept(id, who); // it asks the server, as a sync does
    return this.syncs.plan(id);
  }

  @Get(':id/skipped')
  @Route({ right: 'own', title: 'Cards of an address book that were left out, and why: the first 200', answer: page(skippedCard) })
  async skipped(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    await this.books.seen(id, who);
    return wholePage(await this.books.skipped(id));
  }
}
