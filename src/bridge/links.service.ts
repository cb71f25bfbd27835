/**
 * All PBX connections of this process, and the right to act for each: one gateway per PBX acts, held by a PostgreSQL
 * advisory lock; others stand by and take over when the holder's database connection drops.
 */
import pg from 'pg';
import type { Logger } from 'pino';
import { sql } from 'kysely';
import type { Command } from '../flow/program.js';
import type { Relay } from '../queue/relay.js';
import { messageOf } from '../shared/must.js';
import type { Db } from '../store/schema.js';
import type { Link } from './link.service.js';

const EVERY_MS = 1000;
const TRY_AGAIN_MS = 500;
/** A command that waited longer for its connection is not carried out any more: the caller may talk by now, and who still waits is told by the reconcile. */
const STALE = '5 seconds';

export class Links {
  private readonly links = new Map<string, Link>();
  private readonly active = new Set<string>();
  private readonly stopping = new AbortController();
  private holders: Promise<void>[] = [];

  constructor(private readonly db: Db, private readonly databaseUrl: string, private readonly relay: Relay, private readonly log: Logger) {}

  /** Whether commands for this PBX can be sent from here right now. */
  owns(pbx: string): boolean { return this.active.has(pbx) && (this.links.get(pbx)?.client.isConnected ?? false); }

  send(pbx: string, callId: string, commands: Command[]): void { void this.links.get(pbx)?.send(callId, commands); }
  get(pbx: string): Link | undefined { return this.links.get(pbx); }
  all(): Link[] { return [...this.links.values()]; }

  start(links: Link[]): void {
    for (const link of links) {
      this.links.set(link.pbx, link);
      link.client.connect().catch(() => {}); // only rejects when closed
      this.holders.push(this.hold(link));
    }
    this.relay.subscribe('commands', ({ pbx }) => { if (this.owns(pbx)) void this.claim(pbx); });
    const timer = setInterval(() => { for (const pbx of this.active) if (this.owns(pbx)) void this.claim(pbx); }, EVERY_MS);
    this.stopping.signal.addEventListener('abort', () => clearInterval(timer));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.all().map((link) => link.client.close()));
    await Promise.all(this.holders);
  }

  /** Holds the lock for one PBX for as long as its connection lives; waits for it otherwise. */
  private async hold(link: Link): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const client = new pg.Client({ connectionString: this.databaseUrl, application_name: `ringbook gateway ${link.pbx}`, keepAlive: true });
      // `on`: a cut connection tells of it twice, and an error that nobody hears ends the process
      const ended = new Promise<void>((resolve) => { client.once('end', resolve); client.on('error', () => resolve()); });
      try {
        await client.connect();
        if (await this.acquire(client, link)) {
          this.setActive(link, true);
          await Promise.race([ended, aborted(this.stopping.signal)]);
        }
      } catch (thrown) { this.log.debug({ pbx: link.pbx, reason: messageOf(thrown) }, 'no lock for this PBX yet'); }
      this.setActive(link, false);
      if (!this.stopping.signal.aborted) link.orphan();
      await client.end().catch(() => {});
      if (!this.stopping.signal.aborted) await sleep(TRY_AGAIN_MS);
    }
  }

  private async acquire(client: pg.Client, link: Link): Promise<boolean> {
    while (!this.stopping.signal.aborted) {
      const { rows } = await client.query<{ ok: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 11)) as ok', [`gateway ${link.pbx}`]);
      if (rows[0]?.ok) return true;
      link.standBy(); // the database is there, and somebody else holds the lock
      await sleep(TRY_AGAIN_MS);
    }
    return false;
  }

  private setActive(link: Link, on: boolean): void {
    if (on === this.active.has(link.pbx)) return;
    this.log.info({ pbx: link.pbx, active: on }, on ? 'this process acts for the PBX' : 'this process no longer acts for the PBX');
    if (on) { this.active.add(link.pbx); link.activate(); } else { this.active.delete(link.pbx); link.standBy(); }
  }

  /** Takes the commands that workers elsewhere wrote, marks them sent, and sends them. */
  private async claim(pbx: string): Promise<void> {
    try {
      const { rows } = await sql<{ call_id: string; body: Command }>`
        with mine as (select id from command where pbx = ${pbx} and sent_at is null for update skip locked),
        taken as (update command c set sent_at = now() from mine where c.id = mine.id returning c.*)
        select call_id, body from taken where created_at > now() - ${STALE}::interval order by created_at, position`.execute(this.db);
      for (const [callId, commands] of Map.groupBy(rows, (row) => row.call_id)) this.send(pbx, callId, commands.map((c) => c.body));
    } catch (thrown) { this.log.debug({ pbx, reason: messageOf(thrown) }, 'commands could not be read'); }
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });
const aborted = (signal: AbortSignal) => new Promise<void>((resolve) => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve(), { once: true }); });
