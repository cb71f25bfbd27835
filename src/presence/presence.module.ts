import { Global, Module } from '@nestjs/common';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';

/** For every process that tells or asks what people do, with or without HTTP. */
@Global()
@Module({ providers: [PresenceService, PresenceStore], exports: [PresenceService] })
export class PresenceModule {}
