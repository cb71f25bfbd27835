/** Secrets at rest: AES-256-GCM with a fresh 96-bit nonce each (NIST SP 800-38D). Layout: version 1, nonce 12, tag 16, text. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Fault } from './fault.js';

const VERSION = 1, NONCE = 12, TAG = 16;

/** The key for `seal` from SECRET_KEY, whatever its length and alphabet. */
export const sealKey = (secretKey: string): Buffer => Buffer.from(hkdfSync('sha256', secretKey, '', 'ringbook seal', 32));

/** @param key 32 bytes */
export const seal = (key: Buffer, text: string): Buffer => {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
};

/** @throws Fault `seal.broken` when it was sealed with another key, or changed since */
export const open = (key: Buffer, sealed: Uint8Array): string => {
  try {
    if (sealed[0] !== VERSION) throw new Error('unknown version');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(1 + NONCE, 1 + NONCE + TAG));
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch (thrown) {
    throw new Fault('broken', 'seal.broken', 'A stored password cannot be read: SECRET_KEY is not the one it was stored with. Enter the password again.', {}, thrown);
  }
};
