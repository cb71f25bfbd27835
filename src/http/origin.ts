/**
 * Where a browser's request comes from. A page of another site can make a browser send our cookie; it cannot forge the
 * Origin header. Programs that are no browsers send neither Origin nor Sec-Fetch-Site.
 */
export interface Provenance { origin?: string; fetchSite?: string; host?: string; publicUrl: string }

const parsed = (text: string): URL | undefined => {
  try { return new URL(text); } catch { return undefined; }
};

/** Same origin: the one people are told (PUBLIC_URL), or the host this very request was sent to. */
export const isOurs = (origin: string, host: string | undefined, publicUrl: string): boolean => {
  const from = parsed(origin);
  if (!from || !/^https?:$/.test(from.protocol)) return false;
  return from.origin === parsed(publicUrl)?.origin || (host !== undefined && from.host === host.toLowerCase());
};

/** Whether a request that changes something may rely on its cookie. */
export const mayUseCookie = ({ origin, fetchSite, host, publicUrl }: Provenance): boolean => {
  if (origin !== undefined) return isOurs(origin, host, publicUrl);
  return fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
};

const EXTENSION = /^(moz|chrome|safari-web)-extension:\/\/[A-Za-z0-9-]+$/;
export const isExtension = (origin: string): boolean => EXTENSION.test(origin);
