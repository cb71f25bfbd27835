/** Gives the queue and the relay of a process to everybody. Who opened them closes them, after the services. */
import { Module, type DynamicModule } from '@nestjs/common';
import { QUEUES } from './jobs.js';
import type { QueueConnection } from './queue.adapter.js';
import { RELAY, type Relay } from './relay.js';

/** Nest token of the QueueConnection, for the worker role and the health page. */
export const QUEUE_CONNECTION = Symbol('QUEUE_CONNECTION');

@Module({})
export class QueueModule {
  static of(connection: QueueConnection, relay: Relay): DynamicModule {
    return {
      module: QueueModule, global: true,
      providers: [{ provide: QUEUE_CONNECTION, useValue: connection }, { provide: QUEUES, useValue: connection.queues }, { provide: RELAY, useValue: relay }],
      exports: [QUEUE_CONNECTION, QUEUES, RELAY],
    };
  }
}
