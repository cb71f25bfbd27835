/** Which migrations are due: the files we have against those a database has seen. */
import { Fault } from '../shared/fault.js';

export interface Migration { name: string; checksum: string }

/**
 * Both lists in the order of their names.
 * @throws Fault `store.newer`, `store.changed`, `store.order`
 */
export const planMigrations = <T extends Migration>(files: T[], applied: Migration[]): T[] => {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const { name, checksum } of applied) {
    const file = known.get(name);
    if (!file) throw new Fault('broken', 'store.newer', `The database has been used by a newer Ringbook (${name} is unknown here): start that version, or restore a backup from before.`, { name });
    if (file.checksum !== checksum) throw new Fault('broken', 'store.changed', `migrations/${name} was changed after it had been applied to this database: landed migrations are never edited.`, { name });
  }
  const last = applied.at(-1)?.name ?? '';
  const pending = files.filter((file) => !applied.some(({ name }) => name === file.name));
  const late = pending.find((file) => file.name < last);
  if (late) throw new Fault('broken', 'store.order', `migrations/${late.name} comes before ${last}, which this database already has: give it a higher number.`, { name: late.name });
  return pending;
};
