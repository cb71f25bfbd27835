/** Anything thrown, as an RFC 9457 problem document. What is broken inside is told to the log, never to the caller. */
import type { Problem } from '@ringbook/contracts';
import { Fault, TREATMENT, type FaultKind } from '../shared/fault.js';

/** Codes whose HTTP status says more than the status of their kind. */
const STATUS: Record<string, number> = {
  'profile.changed': 412, 'request.too-large': 413, 'request.media-type': 415, 'route.method': 405, 'range.unsatisfiable': 416, 'request.timeout': 408,
};
const TITLE: Record<number, string> = {
  400: 'Bad request', 401: 'Not signed in', 403: 'Not allowed', 404: 'Not found', 405: 'Method not allowed', 408: 'Too slow', 409: 'Conflict', 412: 'Changed meanwhile',
  413: 'Too large', 415: 'Wrong content type', 416: 'Range not satisfiable', 429: 'Too many requests', 500: 'Something broke', 503: 'Not available right now',
};

export interface Answer { status: number; headers: Record<string, string>; body: Problem }

export const answerOf = (fault: Fault): Answer => {
  const status = STATUS[fault.code] ?? TREATMENT[fault.kind].status;
  const { errors, retryAfter, headers } = fault.context;
  const retry: Record<string, string> = typeof retryAfter === 'number' ? { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) } : {};
  return {
    status, headers: { ...(headers as Record<string, string> | undefined), ...retry },
    body: {
      type: `urn:ringbook:problem:${fault.code}`, title: TITLE[status] ?? 'Error', status, code: fault.code,
      ...(fault.kind === 'broken' ? {} : { detail: fault.message }), ...(errors ? { errors } : {}),
    },
  };
};

interface Thrown { code?: unknown; statusCode?: unknown; getStatus?: unknown; message?: unknown }
const FASTIFY: Record<string, [FaultKind, string, string]> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid', 'request.json', 'The body is not JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid', 'request.json', 'The body is empty'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['invalid', 'request.too-large', 'The body is too large'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['invalid', 'request.media-type', 'The body must be application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid', 'request.length', 'The body is not as long as was said'],
  FST_ERR_BAD_URL: ['invalid', 'request.url', 'The address cannot be read'],
};
const BY_STATUS: Record<number, [FaultKind, string, string]> = {
  400: ['invalid', 'request.invalid', 'The request cannot be read'], 404: ['missing', 'route.missing', 'There is nothing at this address'],
  408: ['invalid', 'request.timeout', 'The request took too long to arrive'],
  413: FASTIFY['FST_ERR_CTP_BODY_TOO_LARGE']!, 415: FASTIFY['FST_ERR_CTP_INVALID_MEDIA_TYPE']!, 503: ['unavailable', 'server.stopping', 'The server is stopping'],
};

/** The Fault behind anything thrown by us, Nest, Fastify or Node. */
export const faultOf = (thrown: unknown): Fault => {
  if (thrown instanceof Fault) return thrown;
  const known = wellKnown((thrown ?? {}) as Thrown);
  if (known) return new Fault(known[0], known[1], known[2], {}, thrown);
  return new Fault('broken', 'internal', 'Something broke', {}, thrown);
};
const wellKnown = (thrown: Thrown): [FaultKind, string, string] | undefined => {
  const byCode = FASTIFY[String(thrown.code)];
  if (byCode) return byCode;
  // as the pool of database connections says it
  if (thrown.message === 'timeout exceeded when trying to connect') return ['unavailable', 'store.busy', 'The database has more to do than it can right now. Try again in a moment.'];
  const status = typeof thrown.getStatus === 'function' ? (thrown.getStatus as () => unknown).call(thrown) : thrown.statusCode;
  return typeof status === 'number' ? BY_STATUS[status] ?? (status >= 400 && status < 500 ? BY_STATUS[400] : undefined) : undefined;
};
