/**
 * Brings a process up in order (folder, database, queue, telephone system, Nest) and takes it down in the opposite one:
 * first nothing new is accepted, then workers and manager connections end, and PostgreSQL goes last.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { SetUpService } from '../account/set-up.service.js';
import { Bridge } from '../bridge/bridge.service.js';
import type { Config } from '../config/config.js';
import { readSecretKey } from '../config/secret-key.adapter.js';
import { createServer } from '../http/server.adapter.js';
import { openQueue } from '../queue/queue.adapter.js';
import { openRelay } from '../queue/relay.adapter.js';
import { messageOf } from '../shared/must.js';
import { createDb } from '../store/database.adapter.js';
import { startEmbedded } from '../store/embedded.adapter.js';
import { migrate } from '../store/migrate.store.js';
import { AppModule, type Parts } from './app.module.js';
import type { Greeting } from './greeting.js';
import { lockFolder } from './lock.adapter.js';
import { Metrics } from './metrics.service.js';
import { notListening, tryAddress } from './port.adapter.js';
import { SUGGESTED } from './practice-world.js';
import { speechOf, startPractice, type Practice } from './practice.service.js';
import { plays } from './roles.js';
import { seedPractice } from './seed.service.js';

const KILL_MS = 2000;
const BEGIN_MS = 5000;

export class Process {
  private readonly undo: { what: string; work: () => Promise<void> | void; kill?: () => Promise<void> | void }[] = [];
  private stopped = false;

  constructor(private readonly config: Config, private readonly log: Logger) {}

  /** @returns what to print. @throws Fault; call `stop()` then too */
  async start(): Promise<Greeting> {
    const { config, log } = this;
    if (config.unused.length > 0) log.warn({ options: config.unused }, 'this version sends no mail yet: these options change nothing');
    this.later('DATA_DIR', lockFolder(config.dataDir));
    await tryAddress(config);
    const databaseUrl = await this.database();
    const onError = this.reporter();
    const phones = this.practice(); // takes the longest: the rest comes up beside it
    const db = createDb(databaseUrl, { max: 12, onError });
    this.later('database connections', () => db.destroy());
    const callDb = createDb(databaseUrl, { max: 8, onError });
    this.later('database connections of calls', () => callDb.destroy());
    const servers = { databaseUrl, redisUrl: config.redisUrl?.reveal(), onError };
    const [queue, relay] = [await openQueue(servers), await openRelay(servers)];
    this.later('queue', () => queue.close());
    this.later('relay', () => relay.close());
    const practice = await phones;
    if (practice) await seedPractice(db, { dataDir: config.dataDir, key: readSecretKey(config) });
    const runtime = { databaseUrl, callDb, targets: practice?.targets ?? config.pbxes, ...speechOf(config, practice) };
    const app = await this.nest({ config, runtime, db, queue, relay, log });
    const setUp = plays(config, 'api') ? await app.get(SetUpService, { strict: false }).start() : undefined;
    await this.listen(app); // who can ask finds the administrator there
    if (practice) await app.get(Bridge, { strict: false }).begun(BEGIN_MS); // the call we suggest below must not come too early
    return { url: config.publicUrl, setUp, pbx: this.pbx(practice), roles: config.roles };
  }

  /** Ends everything that was begun, last first; one that fails does not keep the others from ending. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (let step = this.undo.pop(); step; step = this.undo.pop()) {
      const { what, work } = step;
      await Promise.resolve().then(work).catch((thrown: unknown) => this.log.warn({ reason: messageOf(thrown) }, `${what} did not end well`));
    }
  }

  /** One outage breaks dozens of connections: each reason is told once in ten seconds. */
  private reporter(): (error: Error) => void {
    const told = new Map<string, number>();
    return ({ message }) => {
      if (this.stopped || Date.now() - (told.get(message) ?? 0) < 10_000) return;
      if (told.size > 100) told.clear();
      told.set(message, Date.now());
      this.log.warn({ reason: message }, 'trouble with the database or the queue; connections are made again');
    };
  }

  /** Within two seconds, for who cannot wait: what we started must not outlive us. PostgreSQL recovers at the next start. */
  async kill(): Promise<void> {
    await Promise.race([Promise.allSettled(this.undo.map(({ kill }) => kill?.())), sleep(KILL_MS)]);
  }

  private later(what: string, work: () => Promise<void> | void, kill?: () => Promise<void> | void): void { this.undo.push({ what, work, kill }); }

  private async database(): Promise<string> {
    const { databaseUrl, dataDir } = this.config;
    if (databaseUrl) { await migrate(databaseUrl.reveal()); return databaseUrl.reveal(); }
    const server = await startEmbedded({ dir: dataDir, log: (line) => this.log.warn(line) });
    this.later('PostgreSQL', () => server.stop(), () => server.kill());
    await migrate(server.url);
    return server.url;
  }

  private practice(): Promise<Practice | undefined> {
    const phones = startPractice(this.config, this.log);
    const stop = async (): Promise<void> => { await (await phones)?.stop(); };
    this.later('practice phone system', stop, stop);
    return phones;
  }

  private async nest(parts: Parts): Promise<NestFastifyApplication> {
    const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), createServer(), { bufferLogs: true, bodyParser: false, abortOnError: false });
    app.useLogger(app.get(NestLogger));
    this.later('bridge', () => app.close());
    const metrics = app.get(Metrics);
    (app.getHttpAdapter().getInstance() as unknown as FastifyInstance).addHook('onResponse', (request, reply, done) => {
      metrics.request(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
    await app.init();
    return app;
  }

  private async listen(app: NestFastifyApplication): Promise<void> {
    const { port, host } = this.config;
    try { await app.listen(port, host); } catch (thrown) { throw notListening(thrown, this.config); }
  }

  private pbx(practice: Practice | undefined): Greeting['pbx'] {
    if (practice) return { kind: 'practice', calls: SUGGESTED };
    if (this.config.pbxes.length > 0) return { kind: 'real', hosts: this.config.pbxes.map(({ host, port }) => `${host}:${port}`) };
    return { kind: 'none', reason: plays(this.config, 'gateway') ? 'the practice one could not be started, see above' : 'another process has the gateway role' };
  }
}
