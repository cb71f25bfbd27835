/** Where the codes of an address book live: which field is free, what would be read from another one, moving there and back, codes that were lost. */
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { carrierBody, carrierPreview, fillReport, idParam, lostCode, migration, migrationParam, newMigration, page, repairBody } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { DB, type Db } from '../store/schema.js';
import { Fault } from '../shared/fault.js';
import { BookStore, type BookView, checkCarrier } from './book.store.js';
import { LostStore } from './lost.store.js';
import { ReportStore } from './report.store.js';
import { SyncService } from './sync.service.js';

type Id = z.infer<typeof idParam>;
type MigrationId = z.infer<typeof migrationParam>;

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
  async fields(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) { return this.#reports.fields(await this.kept(id, who)); }

  @Post('carrier/preview')
  @Route({ right: 'own', title: 'What would be read if codes were kept in this field; nothing is changed', answer: carrierPreview })
  async preview(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: carrierBody }) { carrier }: z.infer<typeof carrierBody>) { return this.#reports.preview(await this.kept(id, who), carrier); }

  @Get('carrier/migrations')
  @Route({ right: 'own', title: 'Moves of codes from field to field, the latest first', answer: page(migration) })
  async migrations(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    await this.kept(id, who);
    return wholePage(await this.syncs.migrations.store.list(id));
  }

  @Post('carrier/migrations')
  @Route({ right: 'own', title: 'Move all codes of an address book to another field, or look first what that would do (dryRun)', answer: migration, status: 202 })
  async migrate(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: newMigration }) { to, dryRun }: z.infer<typeof newMigration>) {
    checkCarrier(to, (await this.kept(id, who)).kind);
    return dryRun ? this.syncs.migrations.dryRun(id, to) : this.syncs.migrations.start(id, to);
  }

  @Post('carrier/migrations/:migrationId/undo')
  @Route({ right: 'own', title: 'Move codes back to where they were; cards that nobody changed since become byte for byte what they were', answer: migration, status: 202 })
  async undo(@Asker() who: Who, @Param({ schema: migrationParam }) { id, migrationId }: MigrationId) {
    await this.kept(id, who);
    return this.syncs.migrations.undo(id, migrationId);
  }

  @Get('lost-codes')
  @Route({ right: 'own', title: 'Codes that another program dropped from their cards', answer: page(lostCode) })
  async lost(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    await this.seen(id, who);
    return wholePage(await this.#lost.list(id));
  }

  @Post('lost-codes')
  @Route({ right: 'own', title: 'Write lost codes into their cards again, or forget them; what is still lost is answered', answer: page(lostCode) })
  async repair(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: repairBody }) { contacts, action }: z.infer<typeof repairBody>) {
    await this.seen(id, who);
    if (action === 'forget') await this.#lost.forget(id, contacts);
    else for (const [code, some] of Map.groupBy(await this.#lost.of(id, contacts), (lost) => lost.code)) await this.syncs.codes.setMany({ contacts: some.map((lost) => lost.contactId) }, code, who.id);
    return wholePage(await this.#lost.list(id));
  }

  private async seen(id: string, who: Who): Promise<BookView> {
    const book = await this.books.get(id, who.id);
    if (!book) throw new Fault('missing', 'book.missing', 'There is no such address book');
    return book;
  }
  /** A shared book is everybody's to read and an administrator's to change. */
  private async kept(id: string, who: Who): Promise<BookView> {
    const book = await this.seen(id, who);
    if (book.ownerId !== who.id && who.role !== 'admin') throw new Fault('forbidden', 'book.shared', 'Only administrators change shared address books');
    return book;
  }
}
