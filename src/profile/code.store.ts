/** Handling codes as one person sees them: what they said about each, and where codes are in use. */
import { Inject, Injectable } from '@nestjs/common';
import type { CodeMeaning, KnownCode } from '@ringbook/contracts';
import { sql } from 'kysely';
import { DB, type Db } from '../store/schema.js';
import { Fault, type FieldError } from '../shared/fault.js';
import { knownCodesOf } from './codes.js';

@Injectable()
export class CodeStore {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Those the person described, in their order; then the others found in contacts they see and in their rules, the most used first. */
  async known(personId: string): Promise<KnownCode[]> {
    const [meanings, { rows: contacts }, profile] = await Promise.all([
      this.db.selectFrom('code_meaning').selectAll().where('person_id', '=', personId).orderBy('position').execute(),
      sql<{ code: string; count: number }>`select upper(c.code) as code, count(*)::int as count from address_book b join contact c on c.book_id = b.id and c.code is not null
        where b.person_id = ${personId} or b.person_id is null group by 1`.execute(this.db),
      this.db.selectFrom('profile').select('rules').where('person_id', '=', personId).executeTakeFirst(),
    ]);
    return knownCodesOf(meanings.map(meaningOf), new Map(contacts.map(({ code, count }) => [code, count])), (profile?.rules ?? []).map((rule) => rule.when.codes ?? []));
  }

  /** Replaces what the person said. @throws Fault `request.invalid` that names a code which stands there twice */
  async put(personId: string, codes: readonly CodeMeaning[]): Promise<void> {
    const names = codes.map(({ code }) => code.toUpperCase());
    const errors = names.flatMap((code, i): FieldError[] => (names.indexOf(code) < i ? [{ path: `codes.${i}.code`, message: 'stands in the list already' }] : []));
    if (errors.length > 0) throw new Fault('invalid', 'request.invalid', 'Some fields are wrong', { errors });
    await this.db.transaction().execute(async (trx) => {
      await trx.selectFrom('person').select('id').where('id', '=', personId).forUpdate().execute();
      await trx.deleteFrom('code_meaning').where('person_id', '=', personId).execute();
      const rows = codes.map(({ name, colour, meaning }, position) => ({ person_id: personId, code: names[position]!, name: name ?? null, colour: colour ?? null, meaning: meaning ?? null, position }));
      if (rows.length > 0) await trx.insertInto('code_meaning').values(rows).execute();
    });
  }
}

const meaningOf = ({ code, name, colour, meaning }: { code: string; name: string | null; colour: string | null; meaning: string | null }): CodeMeaning =>
  ({ code, ...(name === null ? {} : { name }), ...(colour === null ? {} : { colour: colour as NonNullable<CodeMeaning['colour']> }), ...(meaning === null ? {} : { meaning }) });
