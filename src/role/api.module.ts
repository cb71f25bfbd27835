/**
 * The API role: everything under /api, the live socket, the console's files. Needs, from global modules: DB, RELAY, CONFIG,
 * QUEUES, ACT, ASK, the books (books.module.ts). Use `createServer()` of http/server.adapter.ts as its HTTP adapter.
 */
import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { AgendaController } from '../agenda/agenda.controller.js';
import { CalendarController } from '../agenda/calendar.controller.js';
import { CallController } from '../call/call.controller.js';
import { CallHistoryStore } from '../call/history.store.js';
import { METHOD_CHECK } from '../call/method-check.js';
import { ChoiceController } from '../directory/choice.controller.js';
import { ChoiceStore } from '../directory/choice.store.js';
import { LookupController } from '../directory/lookup.controller.js';
import { OrderController } from '../directory/order.controller.js';
import { OrderStore } from '../directory/order.store.js';
import { DecisionController } from '../handling/decision.controller.js';
import { HttpModule } from '../http/http.module.js';
import { ExportService } from '../import/export.service.js';
import { ImportController } from '../import/import.controller.js';
import { ImportService } from '../import/import.service.js';
import { LiveGateway } from '../live/live.gateway.js';
import { LiveService } from '../live/live.service.js';
import { WatchService } from '../live/watch.service.js';
import { PopStore } from '../pop/pop.store.js';
import { PresenceController } from '../presence/presence.controller.js';
import { PresenceModule } from '../presence/presence.module.js';
import { CodeController } from '../profile/code.controller.js';
import { CodeStore } from '../profile/code.store.js';
import { MethodCheckService } from '../profile/method-check.service.js';
import { ProfileController } from '../profile/profile.controller.js';
import { ProfileStore } from '../profile/profile.store.js';
import { PromptController } from '../prompt/prompt.controller.js';
import { BookController } from '../sync/book.controller.js';
import { CarrierController } from '../sync/carrier.controller.js';
import { ContactController } from '../sync/contact.controller.js';
import { PlanController } from '../sync/plan.controller.js';
import { VoicemailController } from '../voicemail/voicemail.controller.js';
import { VoicemailStore } from '../voicemail/voicemail.store.js';

@Module({
  imports: [HttpModule, AccountModule, PresenceModule],
  controllers: [AgendaController, BookController, CalendarController, CallController, CarrierController, ChoiceController, CodeController, ContactController, DecisionController, ImportController, LookupController, OrderController, PlanController, PresenceController, ProfileController, PromptController, VoicemailController],
  providers: [CallHistoryStore, ChoiceStore, CodeStore, ExportService, ImportService, LiveGateway, LiveService, MethodCheckService, OrderStore, PopStore, ProfileStore, VoicemailStore, WatchService, { provide: METHOD_CHECK, useExisting: MethodCheckService }],
  exports: [AccountModule, HttpModule],
})
export class ApiModule {}
