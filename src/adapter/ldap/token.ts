/**
 * What a listing leaves for the next one: by which way the directory tells its changes, and how far it had come. A token of
 * other settings, or of another way, is none.
 */
export type Token =
  | { how: 'sync'; set: string; cookie: string }
  | { how: 'dirSync'; set: string; cookie: string; server: string; at: number }
  | { how: 'poll'; set: string; since: string; count: number; at: number };

export const tokenText = (token: Token): string => JSON.stringify(token);

const TEXTS: Record<Token['how'], string[]> = { sync: ['cookie'], dirSync: ['cookie', 'server'], poll: ['since'] };
const NUMBERS: Record<Token['how'], string[]> = { sync: [], dirSync: ['at'], poll: ['count', 'at'] };
/** Undefined for what is no token of `set`. */
export const tokenOf = (text: string | null, set: string): Token | undefined => {
  let told: Record<string, unknown>;
  try { told = JSON.parse(text ?? 'null') as Record<string, unknown>; } catch { return undefined; }
  const how = told?.['how'] as Token['how'];
  if (told === null || typeof told !== 'object' || told['set'] !== set || !Object.hasOwn(TEXTS, how)) return undefined;
  const whole = TEXTS[how].every((name) => typeof told[name] === 'string') && NUMBERS[how].every((name) => typeof told[name] === 'number');
  return whole ? told as unknown as Token : undefined;
};

/** Those of Active Directory have some kilobytes. */
const MAX_COOKIE = 65_536;
/** Undefined for one that is too long to be kept. */
export const cookieText = (cookie: Uint8Array | undefined): string | undefined => (cookie && cookie.length <= MAX_COOKIE ? btoa(String.fromCharCode(...cookie)) : undefined);
export const unbase64 = (text: string): Uint8Array | undefined => {
  try { return Uint8Array.from(atob(text), (char) => char.charCodeAt(0)); } catch { return undefined; }
};
