/** Address books: your own, and the shared ones, which administrators keep. */
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put } from '@nestjs/common';
import { addressBook, bookHealth, carrier, connectionReport, idParam, newAddressBook, page, patchAddressBook, syncBody, testAddressBook, type NewAddressBook } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { QUEUES, type Queues } from '../queue/jobs.js';
import { Fault } from '../shared/fault.js';
import { BookChangeStore, changed, type NextOwner } from './book-change.store.js';
import { attributesOf, BookStore, type BookView, type NewBook } from './book.store.js';
import { ConnectionService } from './connection.service.js';
import type { SourceSettings } from './port.js';
import { SyncService } from './sync.service.js';

type Id = z.infer<typeof idParam>;

@Controller('api/v1/address-books')
export class BookController {
  constructor(@Inject(BookStore) private readonly books: BookStore, @Inject(BookChangeStore) private readonly changes: BookChangeStore, @Inject(ConnectionService) private readonly connections: ConnectionService,
    @Inject(SyncService) private readonly syncs: SyncService, @Inject(QUEUES) private readonly queues: Pick<Queues, 'requestSync'>) {}

  @Get()
  @Route({ right: 'own', title: 'Your address books and the shared ones', answer: page(addressBook) })
  async list(@Asker() who: Who) { return wholePage(await this.books.list(who.id)); }

  @Post()
  @Route({ right: 'signedIn', title: 'A new address book; reading it begins at once', answer: addressBook, status: 201 })
  async create(@Asker() who: Who, @Body({ schema: newAddressBook }) body: z.infer<typeof newAddressBook>) {
    const { shared } = body;
    if (shared && who.role !== 'admin') throw notToShare();
    const wanted = { ...bookOf(body), personId: shared ? null : who.id };
    await this.syncs.check(wanted);
    const book = await this.books.create(wanted);
    await this.queues.requestSync(book.id);
    return book;
  }

  @Post('test')
  @Route({ right: 'signedIn', title: 'Test a connection, step by step; nothing is kept', answer: connectionReport })
  async test(@Asker() who: Who, @Body({ schema: testAddressBook }) body: z.infer<typeof testAddressBook>) { return this.connections.test(who.id, await this.settingsOf(body, who)); }

  @Patch(':id')
  @Route({ right: 'own', title: 'Change an address book; what is left out stays. Another server or user wants the password again', answer: addressBook })
  async patch(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: patchAddressBook }) body: z.infer<typeof patchAddressBook>) {
    const book = await this.books.kept(id, who);
    const owner: NextOwner = (now) => ownerAfter(now, body.shared, who);
    const personId = owner(book.ownerId);
    const seen = await this.changes.settings(id, body.password);
    const { settings, moved } = changed(seen, body);
    if (moved) await this.syncs.check({ ...settings, personId });
    await this.changes.change(id, body, owner, seen);
    await this.queues.requestSync(id);
    return this.shown(id, who);
  }

  @Get(':id')
  @Route({ right: 'own', title: 'An address book', answer: addressBook })
  get(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) { return this.shown(id, who); }

  @Delete(':id')
  @Route({ right: 'own', title: 'Forget an address book here; its source is left as it is' })
  async remove(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id): Promise<void> {
    await this.books.kept(id, who);
    await this.books.remove(id);
  }

  @Post(':id/sync')
  @Route({ right: 'own', title: 'Read an address book again, now; its health tells how it went', answer: bookHealth, status: 202 })
  async sync(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: syncBody.prefault({}) }) { acceptEmpty }: z.infer<typeof syncBody>) {
    await this.books.kept(id, who);
    const { health } = await this.shown(id, who);
    await this.books.ask(id, { acceptEmpty });
    await this.queues.requestSync(id);
    return health;
  }

  @Get(':id/health')
  @Route({ right: 'own', title: 'When an address book was last read, and what went wrong', answer: bookHealth })
  async health(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) { return (await this.shown(id, who)).health; }

  @Get(':id/carrier')
  @Route({ right: 'own', title: 'The field that holds the handling code', answer: carrier })
  async carrier(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) { return (await this.books.seen(id, who)).carrier; }

  @Put(':id/carrier')
  @Route({ right: 'own', title: 'Choose the field that holds the handling code; all codes are read again', answer: carrier })
  async setCarrier(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: carrier }) body: z.infer<typeof carrier>) {
    await this.books.kept(id, who);
    await this.books.setCarrier(id, body);
    return body;
  }

  /** A new book as a sync would see it, or a kept one with its password and perhaps with changes. */
  private async settingsOf(body: z.infer<typeof testAddressBook>, who: Who): Promise<SourceSettings> {
    if ('bookId' in body) {
      const book = await this.books.kept(body.bookId, who);
      const { settings } = changed(await this.changes.settings(body.bookId, body.changes?.password), body.changes ?? {}, 'changes.');
      return { ...settings, trusted: await this.books.trusted(book.ownerId, settings.url), attributes: attributesOf(book.carrier) };
    }
    const { url, username, password } = body;
    const options = body.kind === 'ldap' ? { ldap: body.ldap } : { auth: body.auth ?? 'auto' };
    return { kind: body.kind, url, username, password, location: null, ...options, attributes: attributesOf(body.carrier), trusted: await this.books.trusted(body.shared === true && who.role === 'admin' ? null : who.id, url) };
  }

  private async shown(id: string, who: Who): Promise<BookView> {
    const book = await this.books.get(id, who.id);
    if (!book) throw new Fault('missing', 'book.missing', 'There is no such address book');
    return book;
  }
}

const notToShare = (): Fault => new Fault('forbidden', 'book.shared', 'Only administrators make shared address books', { errors: [{ path: 'shared', message: 'is for administrators' }] });
/** To whom a book belongs when this person has changed it; whose it is may itself have changed since they looked. */
const ownerAfter = (now: string | null, shared = now === null, { id, role }: Pick<Who, 'id' | 'role'>): string | null => {
  if (now !== null && now !== id) throw new Fault('missing', 'book.missing', 'There is no such address book');
  if (now === null && role !== 'admin') throw new Fault('forbidden', 'book.shared', 'Only administrators change shared address books');
  if (shared && now !== null && role !== 'admin') throw notToShare();
  return shared ? null : now ?? id;
};

/** A new book as it is kept: what depends on the kind goes into its options. */
const bookOf = (body: NewAddressBook): Omit<NewBook, 'personId'> => {
  const { kind, name } = body;
  const own = body.carrier ? { carrier: body.carrier } : {};
  if (kind === 'import') return { kind, name, ...own, url: '', username: '', password: '', options: {} };
  const { url, username, password } = body;
  return { kind, name, ...own, url, username, password, options: kind === 'ldap' ? { ldap: body.ldap } : { auth: body.auth ?? 'auto' } };
};
