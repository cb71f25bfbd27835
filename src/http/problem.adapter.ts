/** The one place where something thrown becomes an HTTP answer. */
import { ArgumentsHost, Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault, TREATMENT } from '../shared/fault.js';
import { answerOf, faultOf } from './problem.js';
import { RoutesService } from './routes.service.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Http');
  constructor(private readonly routes: RoutesService) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const fault = this.known(faultOf(thrown), request);
    this.write(fault, request);
    if (reply.sent) return;
    const { status, headers, body } = answerOf(fault);
    void reply.code(status).headers({ ...headers, 'cache-control': 'no-store' }).type('application/problem+json').send(JSON.stringify(body));
  }

  /** Tells an address that does not exist from one that exists for other methods. */
  private known(fault: Fault, request: FastifyRequest): Fault {
    if (fault.code !== 'route.missing') return fault;
    const methods = this.routes.methodsAt(request.url.split('?')[0] ?? '');
    if (methods.length === 0) return fault;
    return new Fault('invalid', 'route.method', `Use ${methods.join(' or ')} here`, { headers: { allow: methods.join(', ') } });
  }

  private write(fault: Fault, request: FastifyRequest): void {
    const level = TREATMENT[fault.kind].level;
    const line = `${request.method} ${request.url.split('?')[0]} ${fault.code}`;
    if (level === 'error') this.log.error(line, fault.cause instanceof Error ? fault.cause.stack : undefined);
    else if (level === 'warn') this.log.warn(`${line}: ${fault.message}`);
    else this.log.debug(line);
  }
}
