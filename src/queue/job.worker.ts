/** Runs the handlers of this process from start to shutdown. Belongs to the worker role, with a JOB_HANDLERS provider. */
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { JOB_HANDLERS, type JobHandlers } from './jobs.js';
import type { QueueConnection, Working } from './queue.adapter.js';
import { QUEUE_CONNECTION } from './queue.module.js';

@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #working?: Working;
  constructor(@Inject(QUEUE_CONNECTION) private readonly queue: QueueConnection, @Inject(JOB_HANDLERS) private readonly handlers: JobHandlers) {}
  async onApplicationBootstrap(): Promise<void> { this.#working = await this.queue.work(this.handlers); }
  async beforeApplicationShutdown(): Promise<void> { await this.#working?.stop(); }
}
