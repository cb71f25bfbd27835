/** Fills an empty database for practice. A database that has ever had a person in it is left alone. */
import { join } from 'node:path';
import { seedFolder } from '../adapter/folder/folder.adapter.js';
import { practiceCards } from '../contact/practice.js';
import { must } from '../shared/must.js';
import { seal } from '../shared/seal.adapter.js';
import { json, type Db } from '../store/schema.js';
import { PRACTICE_PEOPLE, type PracticePerson } from './practice-world.js';

/** `key`: of shared/seal.adapter.ts. */
export interface SeedOptions { dataDir: string; key: Buffer }
/** Two processes that start at once on one database. */
const LOCK = 7_312_002;

/** @returns whether there was something to do */
export const seedPractice = (db: Db, options: SeedOptions): Promise<boolean> => db.transaction().execute(async (trx) => {
  await trx.selectNoFrom((eb) => eb.fn('pg_advisory_xact_lock', [eb.val(LOCK)]).as('locked')).execute();
  if (await trx.selectFrom('person').select('id').limit(1).executeTakeFirst()) return false;
  for (const person of PRACTICE_PEOPLE) await addPerson(trx, person);
  await addBook(trx, options);
  return true;
});

const addPerson = async (db: Db, { email, name, role, number, extension, profile }: PracticePerson): Promise<void> => {
  const { id } = must(await db.insertInto('person').values({ email, name, role, zone: 'Europe/Berlin' }).returning('id').executeTakeFirst(), 'the person just made');
  await db.insertInto('number').values({ person_id: id, number }).execute();
  await db.insertInto('device').values({ person_id: id, extension, name: 'Practice telephone', endpoint: `PJSIP/${extension}` }).execute();
  await db.insertInto('profile').values({ person_id: id, rules: json(profile.rules), otherwise: json(profile.otherwise) }).execute();
};

/** The cards lie in a folder, as the source of the book; its first sync is due at once. */
const addBook = async (db: Db, { dataDir, key }: SeedOptions): Promise<void> => {
  const folder = join(dataDir, 'practice-book');
  await seedFolder(folder, practiceCards());
  await db.insertInto('address_book').values({
    person_id: null, kind: 'practice', name: 'Practice address book', url: folder, username: 'practice', secret: seal(key, ''), carrier: json({ field: 'X-CUSTOM4' }), next_run: new Date(0),
  }).execute();
};
