/** What every route declares beside its path: who may use it, what it does, what it answers. */
import { applyDecorators, createParamDecorator, HttpCode, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import type { Right, Who } from './who.js';

export interface RouteDoc {
  right: Right;
  title: string;
  answer?: z.ZodType;
  /** 200, or 204 when there is no answer. */
  status?: number;
  /** Instead of JSON. */
  mediaType?: string;
  tag?: string;
}
export const ROUTE = 'ringbook:route';
export const Route = (doc: RouteDoc) => applyDecorators(SetMetadata(ROUTE, doc), HttpCode(statusOf(doc)));
export const statusOf = (doc: RouteDoc): number => doc.status ?? (doc.answer || doc.mediaType ? 200 : 204);

export type KnownRequest = FastifyRequest & { who?: Who };
/** The person who is asking. Only on routes that need one. */
export const Asker = createParamDecorator((_: unknown, context: ExecutionContext): Who | undefined => context.switchToHttp().getRequest<KnownRequest>().who);
