import { Module } from '@nestjs/common';
import { PresenceController } from './presence.controller.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';

/** For processes that tell or ask what people do without serving HTTP (gateway, worker). */
@Module({ providers: [PresenceService, PresenceStore], exports: [PresenceService] })
export class PresenceModule {}

@Module({ imports: [PresenceModule], controllers: [PresenceController] })
export class PresenceApiModule {}
