import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFolder, seedFolder } from '../../src/adapter/folder/folder.adapter.js';
import { practiceCards } from '../../src/contact/practice.js';
import { contactSourceSuite } from './source.suite.js';

const folders: string[] = [];
const newFolder = async (): Promise<string> => { const dir = await mkdtemp(join(tmpdir(), 'book-')); folders.push(dir); return dir; };
afterAll(async () => { for (const dir of folders) await rm(dir, { recursive: true, force: true }); });

contactSourceSuite('a folder', async () => {
  const dir = await newFolder();
  const path = (name: string): string => join(dir, `${name}.vcf`);
  return {
    book: { kind: 'practice', url: dir, username: '', password: '' },
    put: (name, card) => writeFile(path(name), card),
    get: (name) => readFile(path(name), 'utf8').catch(() => undefined),
    remove: (name) => rm(path(name)),
    list: async () => (await readdir(dir)).map((name) => name.slice(0, -4)),
    close: () => Promise.resolve(),
  };
});

describe('a folder', () => {
  it('is filled with the practice cards once, and never again', async () => {
    const dir = await newFolder();
    expect(await seedFolder(dir, practiceCards())).toBe(true);
    expect((await openFolder(dir).list(null)).items).toHaveLength(practiceCards().size);
    expect(await seedFolder(dir, practiceCards())).toBe(false);
  });

  it('reads nothing outside itself, and no links', async () => {
    const dir = await newFolder();
    await symlink('/etc/passwd', join(dir, 'link.vcf'));
    const source = openFolder(dir);
    expect((await source.list(null)).items).toEqual([]);
    for (const href of ['..%2Fx.vcf', '%2Fetc%2Fpasswd', 'link.vcf', '..', '%', '']) expect(await source.read(href)).toBeUndefined();
  });

  it('leaves a card alone that is too large, and says why', async () => {
    const dir = await newFolder();
    await writeFile(join(dir, 'big.vcf'), `BEGIN:VCARD\nFN:Big\nPHOTO:${'A'.repeat(10_000_000)}\nEND:VCARD\n`);
    expect((await openFolder(dir).list(null)).skipped).toMatchObject([{ href: 'big.vcf', reason: expect.stringContaining('9.5 MB') }]);
  });

  it('says what is wrong when it is not there', async () => {
    await expect(openFolder('/nonexistent/book').list(null)).rejects.toMatchObject({ code: 'folder.unreadable' });
  });
});
