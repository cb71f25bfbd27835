/** Which calls of a PBX are stored as going on, and which as ended: what a reconcile compares with Asterisk. */
import { sql } from 'kysely';
import type { Db } from '../store/schema.js';

/** Linkedids of calls that have not ended in the table. */
export const openCalls = async (db: Db, pbx: string): Promise<string[]> => {
  const rows = await db.selectFrom('call').select('linkedid').where('pbx', '=', pbx).where('ended_at', 'is', null).execute();
  return rows.map((r) => r.linkedid);
};

/** Those of `linkedids` whose end is stored. */
export const endedCalls = async (db: Db, pbx: string, linkedids: string[]): Promise<string[]> => {
  if (linkedids.length === 0) return [];
  const { rows } = await sql<{ linkedid: string }>`select linkedid from call where pbx = ${pbx} and linkedid = any(${linkedids}) and ended_at is not null`.execute(db);
  return rows.map((r) => r.linkedid);
};
