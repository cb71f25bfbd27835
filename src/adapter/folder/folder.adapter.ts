/**
 * An address book that is a folder of .vcf files: the practice book, or any folder that people edit with their own tools.
 * The etag of a card is the hash of its bytes; a write replaces the file in one step (RENAME is atomic on one file system).
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import type { Batch, ContactSource, Listed, Listing, PutOutcome, ReceivedCard } from '../../sync/port.js';

const BATCH = 200;
const NUL = String.fromCharCode(0);
const MAX_CARD = 4 * 1024 * 1024;
const etagOf = (bytes: Uint8Array): string => `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;

export const openFolder = (dir: string): ContactSource => {
  const read = async (href: string): Promise<ReceivedCard | undefined> => {
    const path = pathOf(dir, href);
    try {
      if (path === undefined || !(await lstat(path)).isFile()) return undefined;
      const bytes = new Uint8Array(await readFile(path));
      return { href, etag: etagOf(bytes), bytes };
    } catch (thrown) { if (isMissing(thrown)) return undefined; throw unreadable(dir, thrown); }
  };
  return { check: () => Promise.resolve(), open: () => Promise.resolve({ location: dir, others: [] }), list: () => list(dir, read), fetch: (items) => fetch(items, read), read, put: (href, bytes, etag) => put(dir, href, bytes, etag, read) };
};

type Read = (href: string) => Promise<ReceivedCard | undefined>;

const list = async (dir: string, read: Read): Promise<Listing> => {
  const names = await readdir(dir).catch((thrown: unknown) => { throw unreadable(dir, thrown); });
  const listing: Listing = { kind: 'full', items: [], removed: [], skipped: [], token: null };
  for (const name of names.filter((n) => n.toLowerCase().endsWith('.vcf') && !n.startsWith('.'))) {
    const size = await lstat(join(dir, name)).then((s) => (s.isFile() ? s.size : -1), () => -1);
    const href = encodeURIComponent(name);
    const large = size > MAX_CARD;
    const card: Listed | undefined = size < 0 ? undefined : large ? { href, etag: `size ${size}` } : await read(href);
    if (!card) continue;
    listing.items.push({ href, etag: card.etag });
    if (large) listing.skipped.push({ href, etag: card.etag, reason: `it is ${(size / 1024 / 1024).toFixed(1)} MB large; contacts above ${MAX_CARD / 1024 / 1024} MB are left out` });
  }
  return listing;
};

const fetch = async function* fetch(items: readonly Listed[], read: Read): AsyncIterable<Batch> {
  for (let i = 0; i < items.length; i += BATCH) {
    const batch: Batch = { cards: [], skipped: [], missing: [] };
    for (const { href } of items.slice(i, i + BATCH)) {
      const card = await read(href);
      if (card) batch.cards.push(card); else batch.missing.push(href);
    }
    yield batch;
  }
};

/** Between the comparison and the renaming another program could write; the next sync would show its loss, not ours. */
const put = async (dir: string, href: string, bytes: Uint8Array, etag: string, read: Read): Promise<PutOutcome> => {
  const [path, now] = [pathOf(dir, href), await read(href)];
  if (path === undefined || !now) return { kind: 'gone' };
  if (now.etag !== etag) return { kind: 'changed' };
  const draft = join(dir, `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(draft, bytes, { flush: true });
    await rename(draft, path);
    return { kind: 'written', etag: etagOf(bytes) };
  } catch (thrown) {
    await rm(draft, { force: true });
    if (['EACCES', 'EPERM', 'EROFS'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return { kind: 'read-only' };
    throw unreadable(dir, thrown);
  }
};

/** Only names directly in the folder. */
const pathOf = (dir: string, href: string): string | undefined => {
  let name: string;
  try { name = decodeURIComponent(href); } catch { return undefined; }
  return name === '' || name.startsWith('.') || /[/\\]/.test(name) || name.includes(NUL) ? undefined : join(dir, name);
};
const isMissing = (thrown: unknown): boolean => (thrown as NodeJS.ErrnoException).code === 'ENOENT';
const unreadable = (dir: string, thrown: unknown): Fault =>
  new Fault('unavailable', 'folder.unreadable', `The folder ${dir} of the practice address book cannot be used: ${messageOf(thrown)}`, { dir }, thrown);

/** Fills the folder with these cards (file name -> text) when it has none yet. True when it did. */
export const seedFolder = async (dir: string, cards: ReadonlyMap<string, string>): Promise<boolean> => {
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).some((name) => name.toLowerCase().endsWith('.vcf'))) return false;
  for (const [name, text] of cards) await writeFile(join(dir, name), text);
  return true;
};
