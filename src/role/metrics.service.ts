/** Figures for Prometheus: read when asked for, except the times of requests. None of them names a person or a number. */
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Bridge } from '../bridge/bridge.service.js';
import type { QueueConnection } from '../queue/queue.adapter.js';
import { QUEUE_CONNECTION } from '../queue/queue.module.js';
import { DB, type Db } from '../store/schema.js';

@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly jobs = this.gauge('ringbook_jobs', 'Jobs in the queue', ['queue', 'state']);
  private readonly pbx = this.gauge('ringbook_pbx_connected', '1 while the manager connection of a telephone system stands', ['pbx']);
  private readonly calls = this.gauge('ringbook_calls_open', 'Calls that have not ended', []);
  private readonly events = this.gauge('ringbook_call_events_waiting', 'Events of calls that no worker has read yet', []);
  private readonly up = this.gauge('ringbook_database_up', '1 while the database answers', []);
  private readonly requests = new Histogram({ name: 'ringbook_http_seconds', help: 'Time to answer a request', labelNames: ['method', 'route', 'status'], buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5], registers: [this.registry] });

  constructor(@Inject(DB) private readonly db: Db, @Inject(QUEUE_CONNECTION) private readonly queue: QueueConnection, private readonly bridge: Bridge) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** @param route the pattern, never the address: addresses hold ids */
  request(method: string, route: string, status: number, seconds: number): void {
    this.requests.labels(method, route, `${Math.floor(status / 100)}xx`).observe(seconds);
  }

  async text(): Promise<string> {
    for (const link of this.bridge.links.all()) this.pbx.labels(link.pbx).set(link.client.isConnected ? 1 : 0);
    await this.stored().then(() => this.up.set(1), () => this.up.set(0)); // a scrape must tell of an outage, not take part in it
    return this.registry.metrics();
  }

  private async stored(): Promise<void> {
    const { rows: [row] } = await sql<{ calls: number; events: number }>`
      select (select count(*)::int from call where ended_at is null) as calls, (select count(*)::int from call_event) as events`.execute(this.db);
    this.calls.set(row?.calls ?? 0);
    this.events.set(row?.events ?? 0);
    for (const [queue, states] of Object.entries(await this.queue.counts())) {
      for (const [state, count] of Object.entries(states)) this.jobs.labels(queue, state).set(count);
    }
  }

  private gauge(name: string, help: string, labelNames: string[]): Gauge { return new Gauge({ name, help, labelNames, registers: [this.registry] }); }
}
