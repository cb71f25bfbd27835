/** What orchestrators and Prometheus ask. Every process answers, whatever its roles. */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { sql } from 'kysely';
import { Bridge } from '../bridge/bridge.service.js';
import type { QueueConnection } from '../queue/queue.adapter.js';
import { QUEUE_CONNECTION } from '../queue/queue.module.js';
import { DB, type Db } from '../store/schema.js';
import { Metrics } from './metrics.service.js';

@Controller()
export class ProbeController {
  constructor(
    private readonly health: HealthCheckService, private readonly indicators: HealthIndicatorService, private readonly metrics: Metrics,
    @Inject(DB) private readonly db: Db, @Inject(QUEUE_CONNECTION) private readonly queue: QueueConnection, private readonly bridge: Bridge,
  ) {}

  /** The process answers; nothing else is looked at, so that an outage of others does not restart it. */
  @Get('health/live')
  live(): { status: 'ok' } { return { status: 'ok' }; }

  /** Whether requests can be answered. A telephone system that is away is told of, but does not take the console away with it. */
  @Get('health/ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.probe('database', async () => { await sql`select 1`.execute(this.db); }),
      () => this.probe('queue', async () => { await this.queue.counts(); }),
      ...this.bridge.links.all().map((link) => async () => this.indicators.check(`pbx ${link.pbx}`).up({ connected: link.client.isConnected })),
    ]);
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  prometheus(): Promise<string> { return this.metrics.text(); }

  /** Reasons may name hosts and users, and anybody may ask: only up or down is told. */
  private async probe(key: string, work: () => Promise<void>) {
    const indicator = this.indicators.check(key);
    const late = new Promise<never>((_, reject) => { setTimeout(() => reject(new Error('no answer')), 2000).unref(); });
    try { await Promise.race([work(), late]); return indicator.up(); } catch { return indicator.down(); }
  }
}
