/**
 * Moves the codes of an address book from one carrier to another: looked at first, then contact by contact, the new place and the
 * old one in one change of the card, and undone if that is wished. A code counts at every moment; a killed move goes on where it was.
 */
import { createHash } from 'node:crypto';
import type { Carrier, CarrierMigration } from '@ringbook/contracts';
import { carrierWords, fieldOf, sameCarrier } from '../contact/carrier.js';
import { inBreaths } from '../contact/breath.service.js';
import { type Carriers, moved, type Written } from '../contact/carriers.js';
import type { ContactStore } from '../contact/contact.store.js';
import { formOf, type RecordForm } from '../contact/form.js';
import { restored, reverted, type Undo, undoOf } from '../contact/undo.js';
import type { Relay } from '../queue/relay.js';
import { Fault } from '../shared/fault.js';
import type { Db } from '../store/schema.js';
import type { BookStore } from './book.store.js';
import { downOf, inTrouble, isEnough, isRefusal as isSettled, isWhole, lastWords } from './code-write.js';
import { free, isBehind, type Item, lockOf, MigrationStore, type Running } from './migration.store.js';
import type { ContactSource, OpenSource } from './port.js';
import { alone } from './state.store.js';
import { inUse, writeCode } from './write-back.service.js';

const SHOWN = 50;
const AT_ONCE = 4;
const STEP = 40;
/** Somebody undoes the move. */
class Stopped extends Error {}
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

export class MigrationService {
  readonly store: MigrationStore;
  constructor(private readonly db: Db, private readonly books: BookStore, private readonly contacts: ContactStore, private readonly openSource: OpenSource, private readonly relay: Relay) {
    this.store = new MigrationStore(db);
  }

  /** What moving would do, judged by the cards as we hold them; nothing is changed. @throws Fault `migration.same`, `book.migrating`, `book.codes-behind` */
  async dryRun(bookId: string, to: Carrier): Promise<CarrierMigration> {
    const { carrier: from } = await this.#differs(bookId, to);
    await free(this.db, bookId, to);
    const items: CarrierMigration['items'] = [];
    let failed = 0, total = 0;
    for await (const cards of this.store.codes(bookId)) {
      await inBreaths(cards, ({ id, name, code, card }) => {
        const result = moved(formOf(card), card, { carrier: to, fallback: from });
        const problem = 'problem' in result ? result.problem : null;
        total += 1;
        if (problem !== null) failed += 1;
        if (problem !== null || items.length < SHOWN) items.push({ contactId: id, name, code, problem });
        if (items.length > 4 * SHOWN) items.splice(0, items.length, ...shown(items));
      });
    }
    const readOnly = await this.store.readOnly(bookId);
    const text = total === 0 ? 'No contact has a code: only the field changes.' : readOnly ? 'This address book did not let Ringbook change a contact the last time: codes can only be moved when its user may write.'
      : failed === 0 ? `All ${total} codes can be moved.` : `${failed} of ${total} codes cannot be moved. They stay in ${carrierWords(from)}, and count from there.`;
    return { id: null, bookId, from, to, state: 'planned', total, done: 0, failed, text, items: shown(items), startedAt: null, endedAt: null };
  }

  /** @throws Fault `migration.same`, `book.migrating`, `book.codes-behind` */
  async start(bookId: string, to: Carrier): Promise<CarrierMigration> {
    const { carrier: from } = await this.#differs(bookId, to);
    const id = await this.store.start(bookId, from, to);
    this.#tell(bookId);
    return this.store.get(id, bookId);
  }

  /** Also of a move that is under way: it stops. @throws Fault `migration.missing`, `migration.over`, `book.migrating` */
  async undo(bookId: string, id: string): Promise<CarrierMigration> {
    await this.store.get(id, bookId);
    await this.store.undo(id, bookId);
    this.#tell(bookId);
    return this.store.get(id, bookId);
  }

  async #differs(bookId: string, to: Carrier): Promise<Carriers> {
    const { carrier, fallback } = await this.books.forSync(bookId);
    if (sameCarrier(carrier, to)) throw new Fault('invalid', 'migration.same', `Codes are kept in ${carrierWords(to)} already`, { errors: [{ path: 'to', message: 'must be another field than the one that is used now' }] });
    return { carrier, fallback };
  }

  /** Moves some codes of this book. True when there is more to do now. */
  async step(bookId: string): Promise<boolean> {
    const outcome = await alone(this.db, lockOf(bookId), async () => {
      const running = await this.store.running(bookId);
      if (!running) return false;
      try { return await this.#move(running); } catch (thrown) {
        await this.store.postpone(running, thrown instanceof Fault ? thrown : new Fault('broken', 'migration.broken', 'An error inside Ringbook stopped the move; its log says more. It goes on by itself.', {}, thrown));
        this.#tell(bookId);
        if (!(thrown instanceof Fault)) throw thrown;
        return false;
      }
    });
    return outcome === true;
  }

  async #move(running: Running): Promise<boolean> {
    const { id, bookId, from, to } = running;
    const carriers: Carriers = { carrier: to, fallback: from };
    const items = await this.store.waiting(id, STEP);
    if (items.length === 0) {
      if (await this.store.rests(running)) return false;
      const over = await this.store.finish(running, (card) => isBehind(card, to, from),
        (failed) => (failed === 0 ? null : `${failed} ${failed === 1 ? 'code stays' : 'codes stay'} in ${carrierWords(from)}, and ${failed === 1 ? 'counts' : 'count'} from there.`));
      this.#tell(bookId);
      return !over;
    }
    const source = this.openSource((await this.books.forSync(bookId)).settings);
    await source.open();
    for (let i = 0; i < items.length; i += AT_ONCE) {
      const some = items.slice(i, i + AT_ONCE);
      const faults: (Fault | undefined)[] = [];
      for (const outcome of await Promise.all(some.map((item) => this.#one(running, carriers, source, item)))) {
        if (outcome === 'stopped') return true;
        faults.push(outcome);
      }
      const down = downOf(faults);
      if (down && (isWhole(down) || !(await this.#answers(bookId, source, some)))) throw down;
      for (const [n, fault] of faults.entries()) if (fault && !isSettled(fault)) await this.#again(running, some[n]!, fault);
      const trouble = inTrouble(faults);
      if (trouble) throw trouble;
      const refused = faults.find((fault) => fault?.code === 'contact.read-only');
      if (refused && !running.undoing && await this.store.untouched(id)) { await this.store.giveUp(running, refused.message); this.#tell(bookId); return false; }
    }
    await this.store.goesOn(id);
    this.#tell(bookId);
    return true;
  }

  /** The fault of what could not be moved. What the source will not take differently is settled. */
  async #one(running: Running, carriers: Carriers, source: ContactSource, item: Item): Promise<Fault | 'stopped' | undefined> {
    const { bookId, undoing } = running;
    let undo: Undo | undefined;
    const make = (form: RecordForm, bytes: Uint8Array): Uint8Array => {
      const result = undoing ? back(form, bytes, carriers, item) : item.after !== null && hashOf(bytes) === item.after ? { bytes, between: bytes } : moved(form, bytes, carriers);
      if ('problem' in result) throw inUse(result.problem);
      if (!undoing) undo = undoOf(form, [bytes, result.between, result.bytes], [fieldOf(carriers.carrier), fieldOf(carriers.fallback!)]);
      return result.bytes;
    };
    const before = async (_: unknown, bytes: Uint8Array): Promise<void> => { if (!(await (undo ? this.store.about(running, item.href, undo, hashOf(bytes)) : this.store.about(running, item.href)))) throw new Stopped(); };
    try {
      const card = await writeCode(source, item.href, carriers, null, { make, before });
      await this.contacts.save(bookId, [card], 'infinity', { ours: true });
      await this.store.settle(running, item.href, undoing ? 'undone' : 'done');
      return undefined;
    } catch (thrown) {
      if (thrown instanceof Stopped) return 'stopped';
      if (!(thrown instanceof Fault)) throw thrown;
      if (thrown.code === 'contact.gone') await this.store.settle(running, item.href, undoing ? 'undone' : 'done', 'The contact has been deleted in the address book.');
      else if (isSettled(thrown)) await this.store.settle(running, item.href, 'failed', thrown.message);
      return thrown;
    }
  }

  /** This card is tried again, and failed when that was enough. */
  async #again(running: Running, item: Item, fault: Fault): Promise<void> {
    const tries = item.attempts + 1;
    if (isEnough(tries, fault)) await this.store.settle(running, item.href, 'failed', `${lastWords(fault)} After ${tries} tries the code was left in ${carrierWords(running.from)}.`);
    else await this.store.postponeOne(running, item, fault);
  }

  /** Whether the source shows any other card: then it is not away, however long it takes with these. */
  async #answers(bookId: string, source: ContactSource, these: readonly Item[]): Promise<boolean> {
    const href = await this.store.other(bookId, these.map((item) => item.href));
    return href !== undefined && source.read(href).then(() => true, () => false);
  }

  #tell(bookId: string): void { this.relay.publish('sync', { bookId }); }
}

/** Byte for byte as it was, where nobody has changed the card since; else the touched fields as they were; else the code moves back. */
const back = (form: RecordForm, bytes: Uint8Array, carriers: Carriers, { undo, after }: Item): Written => {
  const before = undo && ((after === hashOf(bytes) ? reverted(bytes, undo.hunks) : undefined) ?? restored(form, bytes, undo));
  return before ? { bytes: before, between: bytes } : moved(form, bytes, carriers);
};

const shown = (items: CarrierMigration['items']): CarrierMigration['items'] => items.toSorted((a, b) => Number(a.problem === null) - Number(b.problem === null)).slice(0, SHOWN);
