/** Who is asking, and how a route says who may. Every route declares one right; `guard.service.ts` refuses to start otherwise. */
export interface Who {
  id: string; name: string; role: 'admin' | 'user';
  /** A cookie is sent by the browser on its own, so a request that carries one is also asked where it comes from. */
  via: 'cookie' | 'token';
}

/**
 * open: anybody · signedIn: anybody signed in · self: the person named by {id}, or an administrator · admin: administrators ·
 * own: anybody signed in, and the handler looks only at what belongs to them: the rest is "missing"
 */
export type Right = 'open' | 'signedIn' | 'self' | 'admin' | 'own';

export interface Credentials { cookie?: string; bearer?: string }
export interface SignedIn {
  /** Who these credentials belong to now; undefined when they are wrong, expired or revoked. The token wins over the cookie. */
  who(credentials: Credentials): Promise<Who | undefined>;
}
/** Nest token of the one SignedIn of a process. */
export const SIGNED_IN = Symbol('SIGNED_IN');

export const SESSION_COOKIE = 'ringbook_session';

export type Refusal = 'session.missing' | 'right.missing' | undefined;
/** Whether `who` has `right` over the person `id`; the reason why not otherwise. */
export const refusal = (right: Right, who: Who | undefined, id: string | undefined): Refusal => {
  if (right === 'open') return undefined;
  if (!who) return 'session.missing';
  if (right === 'admin') return who.role === 'admin' ? undefined : 'right.missing';
  if (right === 'self') return who.role === 'admin' || id?.toLowerCase() === who.id ? undefined : 'right.missing';
  return undefined;
};
