/** Decides for every request whether the one who asks may: by the right its route declares, and by where a cookie came from. */
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { Fault } from '../shared/fault.js';
import { mayUseCookie } from './origin.js';
import { ROUTE, type KnownRequest, type RouteDoc } from './route.adapter.js';
import { refusal, SESSION_COOKIE, SIGNED_IN, type Credentials, type SignedIn, type Who } from './who.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export const credentialsOf = (request: Pick<KnownRequest, 'headers' | 'cookies'>): Credentials => {
  const [, bearer] = /^Bearer +([A-Za-z0-9_-]{10,200})$/i.exec(request.headers.authorization ?? '') ?? [];
  return { bearer, cookie: request.headers.authorization ? undefined : request.cookies?.[SESSION_COOKIE] };
};

@Injectable()
export class RightsGuard implements CanActivate {
  constructor(private readonly reflector: Reflector, @Inject(SIGNED_IN) private readonly signedIn: SignedIn, @Inject(CONFIG) private readonly config: Config) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const right = this.reflector.get<RouteDoc | undefined>(ROUTE, context.getHandler())?.right;
    const request = context.switchToHttp().getRequest<KnownRequest>();
    // Routes without a declared right are the probes of routes.service.ts; all others stopped the boot.
    if (!right) return true;
    this.checkOrigin(request);
    if (right === 'open') return true;
    request.who = await this.signedIn.who(credentialsOf(request));
    this.check(refusal(right, request.who, (request.params as { id?: string } | undefined)?.id), request.who);
    return true;
  }

  private check(reason: ReturnType<typeof refusal>, who: Who | undefined): void {
    if (reason === 'session.missing') throw new Fault('unauthenticated', reason, 'Sign in first', { headers: { 'www-authenticate': 'Bearer realm="ringbook"' } });
    if (reason) throw new Fault('forbidden', reason, 'You may not do this', { who: who?.id });
  }

  /** Also for signing in: otherwise another site could sign people in as somebody else. Extensions come with a token or none, never a cookie. */
  private checkOrigin(request: KnownRequest): void {
    if (SAFE.has(request.method) || request.headers.authorization) return;
    const setsCookie = /^\/api\/v1\/(session|setup)(\?|$)/.test(request.url);
    if (!request.cookies?.[SESSION_COOKIE] && !setsCookie) return;
    const provenance = { origin: request.headers.origin, fetchSite: text(request.headers['sec-fetch-site']), host: request.host, publicUrl: this.config.publicUrl };
    if (!mayUseCookie(provenance)) throw new Fault('forbidden', 'origin.foreign', 'This request came from another site');
  }
}
const text = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
