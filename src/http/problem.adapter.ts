/** The one place where something thrown becomes an HTTP answer. */
import { ArgumentsHost, Catch, HttpException, Logger, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault, TREATMENT } from '../shared/fault.js';
import { answerOf, faultOf } from './problem.js';
import { PROBES, RoutesService } from './routes.service.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Http');
  constructor(private readonly routes: RoutesService) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // Orchestrators read what is down from the probe's own answer.
    if (thrown instanceof HttpException && thrown.getStatus() === 503 && PROBES.test(pathOf(request))) { void reply.code(thrown.getStatus()).send(thrown.getResponse()); return; }
    const fault = this.known(faultOf(thrown), request);
    this.write(fault, request);
    if (reply.sent) return;
    const { status, headers, body } = answerOf(fault);
    void reply.code(status).headers({ ...headers, 'cache-control': 'no-store' }).type('application/problem+json').send(JSON.stringify(body));
  }

  /** Tells an address that does not exist from one that exists for other methods. */
  private known(fault: Fault, request: FastifyRequest): Fault {
    if (fault.code !== 'route.missing') return fault;
    const methods = this.routes.methodsAt(pathOf(request));
    if (methods.length === 0) return fault;
    return new Fault('invalid', 'route.method', `Use ${methods.join(' or ')} here`, { headers: { allow: methods.join(', ') } });
  }

  private write(fault: Fault, request: FastifyRequest): void {
    const level = TREATMENT[fault.kind].level;
    const line = `${request.method} ${pathOf(request)} ${fault.code}`;
    if (level === 'error') this.log.error(line, fault.cause instanceof Error ? fault.cause.stack : undefined);
    else if (level === 'warn') this.log.warn(`${line}: ${fault.message}`);
    else this.log.debug(line);
  }
}
const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';
