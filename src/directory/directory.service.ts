/** Finds the contact for a number: one indexed query, then a pure choice of tier. */
import type { NumberForms } from '../number/number.js';
import type { Db } from '../store/schema.js';
import type { Match } from './match.js';

/** The contact for these forms among the person's own and the shared books. `db` may be a transaction. */
export const findContact = (_db: Db, _forms: NumberForms, _personId: string): Promise<Match> => { throw new Error('not built yet'); };

export class DirectoryService {
  constructor(private readonly db: Db, private readonly region: string) {}

  /** @param number as the network gave it, or as somebody typed it */
  lookup(_number: string, _personId: string): Promise<Match> { void [this.db, this.region]; throw new Error('not built yet'); }
}
