/** What every route goes through: the rights check, the schema check, problem documents. */
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Fault } from '../shared/fault.js';
import { DocsController } from './docs.controller.js';
import { RightsGuard } from './guard.service.js';
import { fieldErrors, type Issue } from './issues.js';
import { ProblemFilter } from './problem.adapter.js';
import { RoutesService } from './routes.service.js';

const badInput = (issues: readonly unknown[]) => new Fault('invalid', 'request.invalid', 'Some fields are wrong', { errors: fieldErrors(issues as readonly Issue[]) });

@Module({
  imports: [DiscoveryModule],
  controllers: [DocsController],
  providers: [
    RoutesService,
    { provide: APP_GUARD, useClass: RightsGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: () => new StandardSchemaValidationPipe({ exceptionFactory: badInput }) },
  ],
  exports: [RoutesService],
})
export class HttpModule {}
