/**
 * Sets handling codes. A code counts for calls at once; it is written to the card at its source there and then when the source
 * can be reached, and else by a worker as soon as it can. What the source refuses for good is taken back, and says why.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkAnswer, Contact } from '@ringbook/contracts';
import type { ContactStore } from '../contact/contact.store.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import type { Db } from '../store/schema.js';
import type { BookStore } from './book.store.js';
import { downOf, givenUp, inTrouble, isGivenUp, isRefusal } from './code-write.js';
import { CodeWriteStore, type Wish } from './code-write.store.js';
import type { ContactSource, OpenSource } from './port.js';
import { alone } from './state.store.js';
import { checkCode, writeCode } from './write-back.service.js';

/** `replaced`: somebody has wished something else meanwhile. `away`: the source is, not this one card. */
type Outcome = { kind: 'written'; bytes: Uint8Array } | { kind: 'replaced' } | { kind: 'refused'; fault: Fault } | { kind: 'waits'; fault: Fault; away: boolean };
/** How long somebody who sets one code waits for the source before they are told that it is on its way. */
const PATIENCE = 4000;
/** Wishes that are read in one go, and how many of them are written at the same time. */
const BATCH = 40;
const AT_ONCE = 4;
const MOST = 5000;

export interface CodeSearch { q?: string; book?: string; code?: string }

export class CodeWriteService {
  readonly #wishes: CodeWriteStore;
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore, private readonly openSource: OpenSource, private readonly relay: Relay) {
    this.#wishes = new CodeWriteStore(db);
  }

  /**
   * Sets or clears (null) one contact's code. When the source cannot be reached now, the contact says that the code is `pending`.
   * @throws Fault `contact.code`, `contact.missing`, and what the source refuses: `contact.gone`, `contact.unreadable`, `contact.read-only`, `contact.field-in-use`, `contact.not-kept`
   */
  async set(contactId: string, code: string | null, personId: string, patience = PATIENCE): Promise<Contact> {
    checkCode(code);
    const stored = await this.contacts.stored(contactId, personId);
    if (!stored) throw noContact();
    const [wish] = await this.#wishes.wish(stored.bookId, [contactId], code?.toUpperCase() ?? null, personId, true);
    if (!wish) throw noContact();
    const delivery = this.#attempt(wish);
    const outcome = await Promise.race([delivery, sleep(patience, undefined, { ref: false })]);
    if (outcome === undefined) void delivery.then((late) => this.#conclude(wish, late)).finally(() => this.#tell(stored.bookId)).catch(() => {}); // else a worker does
    else await this.#conclude(wish, outcome, true);
    this.#tell(stored.bookId);
    if (outcome?.kind === 'refused') throw outcome.fault;
    const contact = await this.contacts.get(contactId, personId);
    if (!contact) throw noContact();
    return contact;
  }

  /** One code for many. Everything is written by the workers; what cannot be is refused in words. @throws Fault `contact.code`, `contact.too-many` */
  async setMany(who: { contacts: readonly string[] } | { search: CodeSearch }, code: string | null, personId: string): Promise<BulkAnswer> {
    checkCode(code);
    const ids = 'contacts' in who ? [...new Set(who.contacts)] : await this.contacts.ids({ ...who.search, personId }, MOST + 1);
    if (ids.length > MOST) throw new Fault('invalid', 'contact.too-many', `More than ${MOST} contacts were found. Narrow the search down, and set the code in several steps.`, { errors: [{ path: 'search', message: `must find at most ${MOST} contacts` }] });
    const wanted = code?.toUpperCase() ?? null;
    const found = await this.#wishes.standing(ids, personId);
    const known = new Set(found.map(({ id }) => id));
    const refused: BulkAnswer['refused'] = ids.filter((id) => !known.has(id)).map((contactId) => ({ contactId, name: '', text: 'There is no such contact' }));
    for (const { id, name, book } of found.filter((c) => c.readOnly)) refused.push({ contactId: id, name, text: `The address book ${book} did not let Ringbook change a contact the last time. Give its user the right to write, then set one code by itself: when that goes well, all can be set again.` });
    const open = found.filter((c) => !c.readOnly);
    const wishes = open.filter((c) => c.code !== wanted || c.waits);
    for (const [bookId, some] of Map.groupBy(wishes, (c) => c.bookId)) {
      await this.#wishes.wish(bookId, some.map((c) => c.id), wanted, personId);
      this.#tell(bookId);
    }
    return { queued: wishes.length, unchanged: open.length - wishes.length, refused };
  }

  /** Books that a worker should look after (`run`). */
  dueBooks(): Promise<string[]> { return this.#wishes.dueBooks(); }
  /** The source of this book has been reached. */
  hurry(bookId: string): Promise<void> { return this.#wishes.hurry(bookId); }

  /** Writes what waits for this book and is due. One worker at a time; whoever comes second goes again. @throws Fault `book.missing`, `seal.broken` */
  async run(bookId: string): Promise<{ written: number; refused: number; waiting: boolean }> {
    const done = { written: 0, refused: 0, waiting: false };
    await alone(this.db, `codes ${bookId}`, async () => {
      for (let wishes = await this.#wishes.due(bookId, BATCH); wishes.length > 0 && !done.waiting; wishes = await this.#wishes.due(bookId, BATCH)) {
        const { outcomes, stopped } = await this.#batch(bookId, wishes);
        done.written += outcomes.filter(({ kind }) => kind === 'written').length;
        done.refused += outcomes.filter(({ kind }) => kind === 'refused').length;
        done.waiting = stopped;
        this.#tell(bookId);
      }
    });
    return done;
  }

  /** `stopped`: the source takes nothing at the moment. One card that it has trouble with stops nobody else's. */
  async #batch(bookId: string, wishes: Wish[]): Promise<{ outcomes: Outcome[]; stopped: boolean }> {
    const opened = await this.#open(bookId);
    if ('fault' in opened) {
      await this.#wishes.postponeAll(bookId, wishes[0]!.attempts, opened.fault);
      return { outcomes: [], stopped: true };
    }
    const outcomes: Outcome[] = [];
    for (let i = 0; i < wishes.length; i += AT_ONCE) {
      const some = await Promise.all(wishes.slice(i, i + AT_ONCE).map(async (wish) => ({ wish, outcome: await this.#write(wish, opened.source, true) })));
      const faults = some.map(({ outcome }) => (outcome.kind === 'waits' ? outcome.fault : undefined));
      const down = downOf(faults), trouble = inTrouble(faults);
      for (const { wish, outcome } of some) await this.#conclude(wish, outcome.kind === 'waits' ? { ...outcome, away: down !== undefined } : outcome);
      outcomes.push(...some.map(({ outcome }) => outcome));
      if (!down && !trouble) continue;
      await this.#wishes.postponeAll(bookId, down ? wishes[0]!.attempts : 0, (down ?? trouble)!);
      return { outcomes, stopped: true };
    }
    return { outcomes, stopped: false };
  }

  /** @param told the person who asked hears of it now */
  async #conclude(wish: Wish, outcome: Outcome, told = false): Promise<void> {
    if (outcome.kind === 'replaced') return;
    if (outcome.kind === 'waits') return this.#wishes.postpone(wish, outcome.fault, outcome.away);
    if (outcome.kind === 'written') { await this.#wishes.done(wish, outcome.bytes); return this.#wishes.setReadOnly(wish.bookId, false); }
    await this.#wishes.refuse(wish, outcome.fault, told);
    if (outcome.fault.code === 'contact.read-only') await this.#wishes.setReadOnly(wish.bookId, true);
  }

  async #attempt(wish: Wish): Promise<Outcome> {
    const opened = await this.#open(wish.bookId);
    return 'fault' in opened ? { kind: 'waits', fault: opened.fault, away: true } : this.#write(wish, opened.source, false);
  }

  async #open(bookId: string): Promise<{ source: ContactSource } | { fault: Fault }> {
    try {
      const source = this.openSource((await this.books.forSync(bookId)).settings);
      await source.open();
      return { source };
    } catch (thrown) { return { fault: faultOf(thrown) }; }
  }

  /** Nothing is written, or kept, for a wish in whose place there is another one by now. @param later some time has passed since it was wished */
  async #write(wish: Wish, source: ContactSource, later: boolean): Promise<Outcome> {
    let put = false;
    const before = async (): Promise<void> => {
      if (!(await this.#wishes.stands(wish))) throw new Replaced();
      put = true;
    };
    try {
      const { carrier, fallback } = await this.books.forSync(wish.bookId);
      const card = await writeCode(source, wish.href, { carrier, fallback }, wish.code, later && wish.attempts + wish.refusals > 0 ? { was: wish.was, before } : { before });
      let stands = true;
      await this.contacts.save(wish.bookId, [card], 'infinity', { ours: true, when: async (trx) => { stands = await this.#wishes.holds(trx, wish); return stands; } });
      if (stands) return { kind: 'written', bytes: card.bytes };
      if (put) await this.#wishes.done(wish, card.bytes); // the later wish must know whose code it finds
      return { kind: 'replaced' };
    } catch (thrown) {
      if (thrown instanceof Replaced) return { kind: 'replaced' };
      const fault = faultOf(thrown);
      if (isRefusal(fault)) return { kind: 'refused', fault };
      return isGivenUp(wish.refusals + 1, fault) ? { kind: 'refused', fault: givenUp(wish.refusals + 1, fault) } : { kind: 'waits', fault, away: downOf([fault]) !== undefined };
    }
  }

  #tell(bookId: string): void { this.relay.publish('sync', { bookId }); }
}

class Replaced extends Error {}
const noContact = (): Fault => new Fault('missing', 'contact.missing', 'There is no such contact');
const faultOf = (thrown: unknown): Fault => (thrown instanceof Fault ? thrown : new Fault('broken', 'contact.broken', `An error inside Ringbook kept the code from being written; it is tried again. ${messageOf(thrown)}`, {}, thrown));
