/** The call path of this process, and what the API needs of it, as Nest providers. */
import { Global, Inject, Injectable, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Bridge } from '../bridge/bridge.service.js';
import { ACT } from '../call/act.js';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { ASK } from '../handling/ask.js';
import { PresenceModule } from '../presence/presence.module.js';
import { PresenceService } from '../presence/presence.service.js';
import { QUEUES, type Queues } from '../queue/jobs.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { RUNTIME, type Runtime } from './runtime.js';

/** Starts the call path when every other part of the process is there, and stops it before they go. */
@Injectable()
class BridgeLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(Bridge) private readonly bridge: Bridge) {}
  onApplicationBootstrap(): void { this.bridge.start(); }
  beforeApplicationShutdown(): Promise<void> { return this.bridge.stop(); }
}

const bridge = {
  provide: Bridge,
  inject: [CONFIG, RELAY, RUNTIME, PresenceService, QUEUES, PinoLogger],
  useFactory: (config: Config, relay: Relay, runtime: Runtime, presence: PresenceService, queues: Queues, log: PinoLogger) => new Bridge({
    roles: config.roles, db: runtime.callDb, databaseUrl: runtime.databaseUrl, relay, log: log.logger, region: config.region, spoolDir: config.spoolDir,
    targets: runtime.targets, speak: runtime.speak, voice: runtime.voice,
    enqueue: (callId) => void queues.wake(callId), phoneChanged: (e) => presence.phoneChanged(e.endpoint, e.state, e.at),
  }),
};

@Global()
@Module({
  imports: [PresenceModule],
  providers: [bridge, BridgeLife, { provide: ACT, inject: [Bridge], useFactory: (b: Bridge) => b.act }, { provide: ASK, inject: [Bridge], useFactory: (b: Bridge) => b.ask }],
  exports: [Bridge, ACT, ASK],
})
export class BridgeModule {}
