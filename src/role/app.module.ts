/** Puts a process together from the roles it plays and the servers it has opened. */
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/env.adapter.js';
import type { QueueConnection } from '../queue/queue.adapter.js';
import { QueueModule } from '../queue/queue.module.js';
import type { Relay } from '../queue/relay.js';
import type { Db } from '../store/schema.js';
import { StoreModule } from '../store/store.module.js';
import { AgendaModule } from './agenda.module.js';
import { ApiModule } from './api.module.js';
import { BooksModule } from './books.module.js';
import { BridgeModule } from './bridge.module.js';
import { Metrics } from './metrics.service.js';
import { ProbeController } from './probe.controller.js';
import { plays } from './roles.js';
import { RUNTIME, type Runtime } from './runtime.js';
import { WorkerModule } from './worker.module.js';

/** What main opens before Nest comes up, and closes after it has gone. */
export interface Parts { config: Config; runtime: Runtime; db: Db; queue: QueueConnection; relay: Relay; log: Logger }

@Module({})
class GroundModule {
  static of({ config, runtime }: Parts): DynamicModule {
    return { module: GroundModule, global: true, providers: [{ provide: CONFIG, useValue: config }, { provide: RUNTIME, useValue: runtime }], exports: [CONFIG, RUNTIME] };
  }
}

@Module({})
export class AppModule {
  static of(parts: Parts): DynamicModule {
    const { config, db, queue, relay, log } = parts;
    return {
      module: AppModule,
      imports: [
        GroundModule.of(parts), StoreModule.of(db), QueueModule.of(queue, relay), LoggerModule.forRoot({ pinoHttp: { logger: log, autoLogging: false, quietReqLogger: true } }),
        TerminusModule.forRoot({ logger: false }), BooksModule, AgendaModule, BridgeModule,
        ...(plays(config, 'api') ? [ApiModule] : []), ...(plays(config, 'worker') ? [WorkerModule] : []),
      ],
      controllers: [ProbeController], providers: [Metrics],
    };
  }
}
