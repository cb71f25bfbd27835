/** Secrets we hand out (sessions, tokens, links): 256 random bits each, of which only the SHA-256 is kept. Passwords: argon2id. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

export const newSecret = (prefix = ''): string => `${prefix}${randomBytes(32).toString('base64url')}`;
/** No salt and no stretching: a secret of 256 random bits cannot be guessed. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Letters and digits that are not mistaken for one another. */
const CLEAR = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
export const newCode = (): string => Array.from({ length: 8 }, (_, i) => (i === 4 ? '-' : '') + CLEAR[randomInt(CLEAR.length)]).join('');

export const hashPassword = (password: string): Promise<string> => hash(password);

const nobodys: Promise<string> = hash(randomBytes(16).toString('hex'));
nobodys.catch(() => {});
/** Takes as long for somebody who does not exist, or has no password, as for a wrong password. */
export const checkPassword = async (stored: string | null | undefined, password: string): Promise<boolean> => {
  const right = await verify(stored ?? await nobodys, password);
  return right && stored != null;
};
