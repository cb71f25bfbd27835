/**
 * Who may open a live socket, and with what. A browser's page sends its cookie along whether the page is ours or not, so a
 * cookie counts only from our own origin; extensions come with a token; programs send no Origin. The token never stands in the URL.
 */
import { isExtension, isOurs } from '../http/origin.js';

export type Door = 'cookieOrToken' | 'token' | 'shut';

export const doorOf = ({ origin, host, publicUrl }: { origin?: string; host?: string; publicUrl: string }): Door => {
  if (origin === undefined) return 'cookieOrToken';
  if (isOurs(origin, host, publicUrl)) return 'cookieOrToken';
  return isExtension(origin) ? 'token' : 'shut';
};

export const PROTOCOL = 'ringbook';
/** The token in `Sec-WebSocket-Protocol: ringbook, token.<token>`. */
export const protocolToken = (header: string | undefined): string | undefined =>
  header?.split(',').map((part) => /^token\.([A-Za-z0-9_-]{10,200})$/.exec(part.trim())?.[1]).find(Boolean);
