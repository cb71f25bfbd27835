/** Where the codes of an address book live: which field is free, what would be read from another one, moving there and back, codes that were lost. */
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { type BulkAnswer, carrierBody, carrierPreview, fillReport, idParam, lostCode, migration, migrationParam, newMigration, page, repairBody } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { DB, type Db } from '../store/schema.js';
import { Fault } from '../shared/fault.js';
import { BookStore, checkCarrier } from './book.store.js';
import { LostStore } from './lost.store.js';
import { ReportStore } from './report.store.js';
import { SyncService } from './sync.service.js';

type Id = z.infer<typeof idParam>;
type MigrationId = z.infer<typeof migrationParam>;

/** Each reason once, with those whom it keeps from it. */
const notRestored = (refused: BulkAnswer['refused'], of: number): Fault => {
  const reasons = [...Map.groupBy(refused, ({ text }) => text)].slice(0, 5).map(([text, some]) => `${some.slice(0, 3).map(({ name }) => name).join(', ')}${some.length > 3 ? ` and ${some.length - 3} more` : ''}: ${text}`);
  return new Fault('conflict', 'contact.not-restored', `${refused.length} of ${of} lost codes could not be written again, and ${refused.length === 1 ? 'is' : 'are'} still lost. ${reasons.join(' ')}`);
};

@Controller('api/v1/address-books/:id')
export class CarrierController {
  readonly #reports: ReportStore;
  readonly #lost: LostStore;
  constructor(@Inject(BookStore) private readonly books: BookStore, @Inject(SyncService) private readonly syncs: SyncService, @Inject(DB) db: Db) {
    this.#reports = new ReportStore(db);
    this.#lost = new LostStore(db);
  }

  @Get('fields')
  @Route({ right: 'own', title: 'Which fields of an address book are in use, and which are free for handling codes', answer: fillReport })
  async fields(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) { return this.#reports.fields(await this.books.kept(id, who)); }

  @Post('carrier/preview')
  @Route({ right: 'own', title: 'What would be read if codes were kept in this field; nothing is changed', answer: carrierPreview })
  async preview(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: carrierBody }) { carrier }: z.infer<typeof carrierBody>) { return this.#reports.preview(await this.books.kept(id, who), carrier); }

  @Get('carrier/migrations')
  @Route({ right: 'own', title: 'Moves of codes from field to field, the latest first', answer: page(migration) })
  async migrations(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    await this.books.kept(id, who);
    return wholePage(await this.syncs.migrations.store.list(id));
  }

  @Post('carrier/migrations')
  @Route({ right: 'own', title: 'Move all codes of an address book to another field, or look first what that would do (dryRun)', answer: migration, status: 202 })
  async migrate(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: newMigration }) { to, dryRun }: z.infer<typeof newMigration>) {
    checkCarrier(to, (await this.books.kept(id, who)).kind);
    return dryRun ? this.syncs.migrations.dryRun(id, to) : this.syncs.migrations.start(id, to);
  }

  @Post('carrier/migrations/:migrationId/undo')
  @Route({ right: 'own', title: 'Move codes back to where they were; cards that nobody changed since become byte for byte what they were', answer: migration, status: 202 })
  async undo(@Asker() who: Who, @Param({ schema: migrationParam }) { id, migrationId }: MigrationId) {
    await this.books.kept(id, who);
    return this.syncs.migrations.undo(id, migrationId);
  }

  @Get('lost-codes')
  @Route({ right: 'own', title: 'Codes that another program dropped from their cards', answer: page(lostCode) })
  async lost(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    await this.books.seen(id, who);
    return wholePage(await this.#lost.list(id));
  }

  @Post('lost-codes')
  @Route({ right: 'own', title: 'Write lost codes into their cards again, or forget them; what is still lost is answered', answer: page(lostCode) })
  async repair(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: repairBody }) { contacts, action }: z.infer<typeof repairBody>) {
    await this.books.seen(id, who);
    if (action === 'forget') await this.#lost.forget(id, contacts);
    else {
      const lost = await this.#lost.of(id, contacts), refused: BulkAnswer['refused'] = [];
      for (const [code, some] of Map.groupBy(lost, (one) => one.code)) refused.push(...(await this.syncs.codes.setMany({ contacts: some.map((one) => one.contactId) }, code, who.id)).refused);
      if (refused.length > 0) throw notRestored(refused, lost.length);
    }
    return wholePage(await this.#lost.list(id));
  }
}
