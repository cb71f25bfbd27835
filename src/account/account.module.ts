/** Users, sign-in, tokens, numbers and telephones. */
import { Global, Module } from '@nestjs/common';
import { SIGNED_IN } from '../http/who.js';
import { RecordingService } from '../voicemail/recording.service.js';
import { LineStore } from './line.store.js';
import { MeController } from './me.controller.js';
import { MeService } from './me.service.js';
import { OwnAccountService } from './own.service.js';
import { PairingService } from './pairing.service.js';
import { PersonStore } from './person.store.js';
import { SessionController } from './session.controller.js';
import { SessionStore } from './session.store.js';
import { SetUpService } from './set-up.service.js';
import { SignInService } from './sign-in.service.js';
import { ThrottleService } from './throttle.service.js';
import { TokenController } from './token.controller.js';
import { UserController } from './user.controller.js';

@Global()
@Module({
  controllers: [MeController, SessionController, TokenController, UserController],
  providers: [LineStore, MeService, OwnAccountService, PairingService, PersonStore, RecordingService, SessionStore, SetUpService, SignInService, ThrottleService, { provide: SIGNED_IN, useExisting: SignInService }],
  exports: [LineStore, PersonStore, SetUpService, SIGNED_IN],
})
export class AccountModule {}
