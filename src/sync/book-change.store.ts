/** Changes to the settings of an address book. What is left out stays; a book that moves to another source starts anew there. */
import type { patchAddressBook } from '@ringbook/contracts';
import { sql } from 'kysely';
import type { z } from 'zod';
import { Fault } from '../shared/fault.js';
import { open, seal } from '../shared/seal.adapter.js';
import { type Db, json, type SourceOptions } from '../store/schema.js';
import { authorityOf, serverOf } from './connection.js';
import type { SourceSettings } from './port.js';
import { alone } from './state.store.js';

export type BookChanges = z.infer<typeof patchAddressBook>;
/** To whom it belongs after the change, told to whom it does before it; null: everybody. @throws Fault when it is not theirs to change */
export type NextOwner = (personId: string | null) => string | null;

const missing = (id: string): Fault => new Fault('missing', 'book.missing', 'There is no such address book', { id });
const wrong = (path: string, message: string): Fault => new Fault('invalid', 'request.invalid', message, { errors: [{ path, message }] });

/**
 * The settings of a kept book with changes made to them. No password follows to another server or another user: it must
 * be entered again.
 * @param at where the changes stand in the request, such as `changes.`
 * @throws Fault `request.invalid` that names the field
 */
export const changed = (settings: SourceSettings, { url, username, password, auth, ldap }: BookChanges, at = ''): { settings: SourceSettings; moved: boolean } => {
  const { kind } = settings;
  for (const [name, value] of Object.entries({ url, username, password })) if (value !== undefined && kind !== 'carddav' && kind !== 'ldap') throw wrong(`${at}${name}`, 'is not for address books without a server');
  if (auth !== undefined && kind !== 'carddav') throw wrong(`${at}auth`, 'is for CardDAV address books only');
  if (ldap !== undefined && kind !== 'ldap') throw wrong(`${at}ldap`, 'is for LDAP directories only');
  if (url !== undefined && /^ldaps?:/i.test(url) !== (kind === 'ldap')) throw wrong(`${at}url`, kind === 'ldap' ? 'must be an address that starts with ldap:// or ldaps://' : 'must be an address (https://...), a host name, or an e-mail address');
  const elsewhere = url !== undefined && authorityOf(url) !== authorityOf(settings.url);
  const somebody = username !== undefined && username !== settings.username;
  if ((elsewhere || somebody) && password === undefined) throw wrong(`${at}password`, `must be entered again, because ${elsewhere ? 'the server' : 'the user name'} is another one`);
  const next: SourceSettings = { ...settings, url: url ?? settings.url, username: username ?? settings.username, password: password ?? settings.password, ...auth === undefined ? {} : { auth }, ...ldap === undefined ? {} : { ldap } };
  const moved = next.url !== settings.url || somebody || (ldap !== undefined && JSON.stringify(ldap) !== JSON.stringify(settings.ldap));
  // A password that was not entered again is for the server where it was used, whatever DNS names now.
  return { settings: moved ? { ...next, location: password === undefined ? serverOf(settings.location) : null } : next, moved };
};

export class BookChangeStore {
  constructor(private readonly db: Db, private readonly key: Buffer) {}

  /** What a kept book is spoken to with. With a `password`, the kept one need not be readable any more (another SECRET_KEY). @throws Fault `book.missing`, `seal.broken` */
  async settings(id: string, password?: string): Promise<SourceSettings> {
    const row = await this.db.selectFrom('address_book as b').leftJoin('book_source as s', 's.book_id', 'b.id').select(['b.kind', 'b.url', 'b.username', 'b.secret', 'b.options', 's.location']).where('b.id', '=', id).executeTakeFirst();
    if (!row) throw missing(id);
    const { secret, options, kind, ...rest } = row;
    return { ...options, ...rest, kind: kind as SourceSettings['kind'], bookId: id, password: password ?? open(this.key, secret) };
  }

  /**
   * Makes the changes to the book as it is by then, so that of two people who change different things at once neither loses;
   * and has it read at once.
   * @param seen what they were made to: a password is for that server and that user
   * @throws Fault `book.busy`, `book.changed`, `book.missing`, `request.invalid` and those of `owner`
   */
  async change(id: string, changes: BookChanges, owner: NextOwner, seen: Pick<SourceSettings, 'url' | 'username'>): Promise<void> {
    const write = (isAlone: boolean): Promise<'kept' | 'moves'> => this.db.transaction().execute(async (trx): Promise<'kept' | 'moves'> => {
      const row = await trx.selectFrom('address_book').select(['kind', 'url', 'username', 'secret', 'options', 'name', 'person_id']).where('id', '=', id).forUpdate().executeTakeFirst();
      if (!row) throw missing(id);
      const { kind, url, username, options, secret } = row;
      const person_id = owner(row.person_id);
      if (changes.password !== undefined && (authorityOf(url) !== authorityOf(seen.url) || username !== seen.username)) throw new Fault('conflict', 'book.changed', 'Somebody else just gave this address book another server or user name, and your password may not be for that one. Look at it again, and enter the password once more.', { id });
      const source = await trx.selectFrom('book_source').select('location').where('book_id', '=', id).executeTakeFirst();
      const { settings, moved } = changed({ ...options, kind: kind as SourceSettings['kind'], url, username, password: '', location: source?.location ?? null }, changes);
      if (moved && !isAlone) return 'moves';
      const next: SourceOptions = { ...settings.auth === undefined ? {} : { auth: settings.auth }, ...settings.ldap === undefined ? {} : { ldap: settings.ldap } };
      const anew = moved ? { sync_token: null, state: 'new', last_error: null } : {};
      await trx.updateTable('address_book').set({ person_id, name: changes.name ?? row.name, url: settings.url, username: settings.username, secret: changes.password === undefined ? secret : seal(this.key, changes.password), options: json(next), next_run: new Date(), ...anew }).where('id', '=', id).execute();
      await sql`update book_source set failures = 0 ${moved ? sql`, location = ${settings.location}, last_full = null, loss_accepted_at = null, read_only = false` : sql``} where book_id = ${id}`.execute(trx);
      return 'kept';
    });
    if (await write(false) === 'kept') return;
    // A sync that is under way would leave the token of the old source behind.
    if (await alone(this.db, id, () => write(true)) !== 'kept') throw new Fault('conflict', 'book.busy', 'This address book is being read just now. Try again when that is done.', { id });
  }

  /** Collections that this person has already, as books or calendars: address and what was found there. */
  async known(personId: string): Promise<{ url: string; location: string | null }[]> {
    const { rows } = await sql<{ url: string; location: string | null }>`
      select b.url, s.location from address_book b left join book_source s on s.book_id = b.id where b.kind = 'carddav' and (b.person_id = ${personId} or b.person_id is null)
      union all select url, location from calendar where person_id = ${personId}`.execute(this.db);
    return rows;
  }
}
