/** Who an ambiguous number is, in one person's eyes. The choice is about the number in canonical form; it goes with its contact. */
import { Inject, Injectable } from '@nestjs/common';
import type { NumberChoices } from '@ringbook/contracts';
import { sql } from 'kysely';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { canonicalOf } from '../number/canonical.js';
import { parseNumber } from '../number/parse.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { DB, json, type Db } from '../store/schema.js';
import { findContact } from './directory.service.js';
import type { Match } from './match.js';

/** More than anybody decides by hand. */
const MOST = 1000;

@Injectable()
export class ChoiceStore {
  constructor(@Inject(DB) private readonly db: Db, @Inject(CONFIG) private readonly config: Pick<Config, 'region'>, @Inject(RELAY) private readonly relay: Relay) {}

  /** Newest first. */
  async list(personId: string): Promise<NumberChoices['items']> {
    const { rows } = await sql<NumberChoices['items'][number] & { at: Date }>`
      select choice.number, choice.at, jsonb_build_object('id', c.id, 'name', c.name, 'organisation', c.organisation, 'code', c.code, 'uid', c.uid, 'book', b.name) as contact
      from number_choice choice join contact c on c.id = choice.contact_id join address_book b on b.id = c.book_id
      where choice.person_id = ${personId} and (b.person_id = ${personId} or b.person_id is null) order by choice.at desc, choice.number limit ${sql.lit(MOST)}`.execute(this.db);
    return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  }

  /**
   * Keeps who the number is (null: ask again), and lets calls from it that are going on say so.
   * @returns what a look-up finds now
   * @throws Fault `directory.not-a-candidate` when the contact does not have this number
   */
  async choose(personId: string, number: string, contactId: string | null): Promise<Match> {
    const { region } = this.config;
    const canonical = canonicalOf(number, region);
    const match = await this.db.transaction().execute(async (trx) => {
      // two windows may choose at once: the person's row first
      await trx.selectFrom('person').select('id').where('id', '=', personId).forUpdate().execute();
      await trx.deleteFrom('number_choice').where('person_id', '=', personId).where('number', '=', canonical).execute();
      if (contactId === null) return findContact(trx, parseNumber(number, region), personId, region);
      await this.keep(trx, personId, canonical, contactId);
      const found = await findContact(trx, parseNumber(number, region), personId, region);
      if (!found.candidates.some((c) => c.id === contactId) && found.contact?.id !== contactId) throw notACandidate();
      return found;
    });
    await this.tellCalls(personId, canonical, match);
    return match;
  }

  /** A contact that this person cannot see is none. */
  private async keep(trx: Db, personId: string, number: string, contactId: string): Promise<void> {
    const { numAffectedRows } = await sql`insert into number_choice (person_id, number, contact_id)
      select ${personId}, ${number}, c.id from contact c join address_book b on b.id = c.book_id where c.id = ${contactId} and (b.person_id = ${personId} or b.person_id is null)`.execute(trx);
    if (numAffectedRows === 0n) throw notACandidate();
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from number_choice where person_id = ${personId}`.execute(trx);
    if (rows[0]!.count > MOST) throw new Fault('conflict', 'directory.too-many-choices', `You have said of ${MOST} numbers who they are. Take some back first.`);
  }

  /** Calls of this person from this number that are going on show the contact; what was decided about them stays. Whoever folds the call at this moment reads it again. */
  private async tellCalls(personId: string, number: string, match: Match): Promise<void> {
    const open = await this.db.selectFrom('call').select(['id', 'from_number', 'from_e164', 'state']).where('person_id', '=', personId).where('ended_at', 'is', null).where('from_number', 'is not', null).execute();
    for (const call of open.filter((c) => (c.from_e164 ?? canonicalOf(c.from_number!, this.config.region)) === number)) {
      const saved = await this.db.updateTable('call').set((eb) => ({
        contact_id: match.contact?.id ?? null, contact: match.contact ? json(match.contact) : null, candidates: json(match.candidates), code: match.contact?.code ?? null, tier: match.tier,
        from_display: match.contact?.name ?? call.state?.cli.name ?? call.from_number!, from_kind: match.tier === 'none' ? 'unknown' : 'contact', version: eb('version', '+', 1),
      })).where('id', '=', call.id).where('ended_at', 'is', null).returning('version').executeTakeFirst();
      if (saved) this.relay.publish('call', { callId: call.id, personId, version: saved.version });
    }
  }
}

const notACandidate = (): Fault => new Fault('invalid', 'directory.not-a-candidate', 'This contact does not have that number, or another contact fits it better', { errors: [{ path: 'contactId', message: 'does not have that number' }] });
