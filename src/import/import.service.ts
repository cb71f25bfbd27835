/** Brings a file into an address book that has no server. The dry run makes the same plan and stops there. */
import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ImportReport, importBody } from '@ringbook/contracts';
import type { z } from 'zod';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { carriersOf, holdBook } from '../contact/keep.store.js';
import { codeIn } from '../contact/carriers.js';
import { formOf } from '../contact/form.js';
import { QUEUES, type Queues } from '../queue/jobs.js';
import { Fault } from '../shared/fault.js';
import { DB, type Db } from '../store/schema.js';
import { BookStore } from '../sync/book.store.js';
import { cardsOf, claim, etagOf, etagsOf, keepCards, removeCards } from './card.store.js';
import { type FileContacts, readFile } from './file.service.js';
import { heldAs } from './heading.js';
import { type ImportPlan, type Incoming, planImport } from './plan.js';

type Body = z.infer<typeof importBody>;
const BATCH = 200;

@Injectable()
export class ImportService {
  constructor(@Inject(DB) private readonly db: Db, @Inject(BookStore) private readonly books: BookStore, @Inject(QUEUES) private readonly queues: Pick<Queues, 'requestSync'>, @Inject(CONFIG) private readonly config: Pick<Config, 'region'>) {}

  /** @throws Fault `import.format`, `import.empty`, `import.too-many`, `import.columns`, `import.busy`, `book.missing` */
  async import(bookId: string, { fileName, content, columns = {}, dryRun = false, replace = false }: Body): Promise<ImportReport> {
    const { carrier } = await carriersOf(this.db, bookId);
    const file = await readFile({ fileName, bytes: new Uint8Array(Buffer.from(content, 'base64')), columns, carrier, region: this.config.region });
    if (!dryRun && file.contacts.length === 0) throw new Fault('invalid', 'import.columns', `No contact was found in ${fileName}. Say which column holds names or numbers.`, { errors: [{ path: 'columns', message: 'must say where names or numbers stand' }] });
    const plan = dryRun ? await planWith(this.db, bookId, file.contacts, { replace }) : await this.carryOut(bookId, file.contacts, replace);
    if (!dryRun) {
      await this.books.ask(bookId);
      await this.queues.requestSync(bookId);
    }
    return reportOf(file, plan, dryRun);
  }

  private carryOut(bookId: string, contacts: readonly Incoming[], replace: boolean): Promise<ImportPlan> {
    return this.db.transaction().execute(async (trx) => {
      if (!await claim(trx, bookId)) throw new Fault('conflict', 'import.busy', 'Another file is being brought into this address book just now. Try again when that is done.');
      await holdBook(trx, bookId);
      const made = await planWith(trx, bookId, contacts, { replace, hold: true });
      await keepCards(trx, bookId, [...made.add, ...made.update]);
      await removeCards(trx, bookId, made.remove);
      return made;
    });
  }
}

interface PlanOptions { /** Contacts that are not in the file go. */ replace: boolean; /** Nobody else changes the cards that differ until the transaction ends. */ hold?: boolean }
/** A code that was set here is not in the file that the contacts once came from: it stays, unless the file brings one of its own. */
const planWith = async (db: Db, bookId: string, contacts: readonly Incoming[], { replace, hold = false }: PlanOptions): Promise<ImportPlan> => {
  const held = await etagsOf(db, bookId);
  const carriers = await carriersOf(db, bookId);
  const differing = contacts.filter(({ href, etag }) => held.has(href) && held.get(href) !== etag);
  const kept = new Map<string, Incoming>();
  for (let i = 0; i < differing.length; i += BATCH) {
    const some = differing.slice(i, i + BATCH);
    const before = new Map((await cardsOf(db, bookId, some.map(({ href }) => href), hold)).map((card) => [card.href, card.bytes]));
    for (const card of some) {
      const old = before.get(card.href);
      const was = old && codeIn(formOf(old), old, carriers);
      if (!was || codeIn(formOf(card.bytes), card.bytes.slice(), carriers)) continue;
      const bytes = formOf(card.bytes).patch(card.bytes, carriers.carrier, was);
      kept.set(card.href, { href: card.href, bytes, etag: etagOf(bytes) });
    }
    await setImmediate();
  }
  return planImport(contacts.map((card) => kept.get(card.href) ?? card), held, replace);
};

const reportOf = ({ format, contacts, problems, columns }: FileContacts, plan: ImportPlan, dryRun: boolean): ImportReport => ({
  format, contacts: contacts.length, added: plan.add.length, updated: plan.update.length, unchanged: plan.unchanged, removed: plan.remove.length,
  problems, columns: columns.map(({ heading, holds, sample }) => ({ heading, holds: heldAs(holds), sample })), dryRun,
});
