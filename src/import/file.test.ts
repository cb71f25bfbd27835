import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCard } from '../contact/vcard.js';
import { type FileContacts, readFile } from './file.service.js';
import type { Chosen } from './heading.js';
import { heldAs } from './heading.js';
import { planImport } from './plan.js';
import { encodingOf } from './text.adapter.js';

const read = (fileName: string, content: Uint8Array | string, columns: Record<string, Chosen> = {}): Promise<FileContacts> =>
  readFile({ fileName, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content), columns, carrier: { field: 'X-CUSTOM4' }, region: 'DE' });
const texts = ({ contacts }: FileContacts): string[] => contacts.map(({ bytes }) => Buffer.from(bytes).toString());
const names = ({ contacts }: FileContacts): (string | undefined)[] => contacts.map(({ bytes }) => readCard(bytes)?.name);
const utf16 = (text: string, big = false): Buffer => { const bytes = Buffer.from(text, 'utf16le'); return big ? bytes.swap16() : bytes; };
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const card = (name: string, more = '', end = '\r\n'): string => ['BEGIN:VCARD', 'VERSION:3.0', `FN:${name}`, ...(more ? [more] : []), 'END:VCARD', ''].join(end);

describe('.vcf files', () => {
  it('give each card byte for byte', async () => {
    const parts = [card('Anna', 'X-UNKNOWN;A="b;c":kept  '), card('Bert', 'TEL:030 1\r\n 23456'), 'BEGIN:VCARD\nVERSION:4.0\nFN:Carl\nEND:VCARD\n', 'BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\r\nller;A\r\nEND:VCARD\r\n'];
    const file = await read('all.vcf', parts.join(''));
    expect(texts(file)).toEqual(parts);
    expect(file).toMatchObject({ format: 'vcf', problems: [], columns: [] });
    expect(texts(await read('all.vcf', parts.join('\r\n\r\n')))).toHaveLength(4);
  });

  it('take every line end, byte order mark and encoding', async () => {
    for (const end of ['\r\n', '\n', '\r']) expect(names(await read('a.vcf', card('Müller', '', end) + card('Ärmel', '', end))), JSON.stringify(end)).toEqual(['Müller', 'Ärmel']);
    expect(names(await read('a.vcf', `\ufeff${card('Müller')}`))).toEqual(['Müller']);
    for (const big of [false, true]) {
      expect(names(await read('a.vcf', utf16(`\ufeff${card('Müller 王')}`, big)))).toEqual(['Müller 王']);
      expect(names(await read('a.vcf', utf16(card('Müller'), big)))).toEqual(['Müller']);
    }
    expect(texts(await read('a.vcf', latin(card('M\u00fcller \u0080')))).join('')).toContain('FN:Müller €');
    const own = latin('BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1:M\u00fcller\r\nEND:VCARD\r\n');
    const kept = await read('a.vcf', own);
    expect(Buffer.from(kept.contacts[0]!.bytes)).toEqual(own);
    expect(names(kept)).toEqual(['Müller']);
  });

  it('say by line what is wrong, and take what can be taken', async () => {
    const file = await read('odd.vcf', `hello\nworld\n${card('Anna', '', '\n')}stray\nEND:VCARD\nBEGIN:VCARD\nFN:Cut\nBEGIN:VCARD\nVERSION:3.0\nFN:Next\nEND:VCARD\nBEGIN:VCARD\nFN:Last`);
    expect(names(file)).toEqual(['Anna', 'Cut', 'Next', 'Last']);
    expect(texts(file).at(-1)).toBe('BEGIN:VCARD\nFN:Last\r\nEND:VCARD\r\n');
    expect(file.problems.map(({ line }) => line)).toEqual([1, 7, 9, 15]);
    expect(file.problems[1]!.text).toMatch(/no contact/);
    expect(file.problems[2]!.text).toMatch(/END:VCARD is missing/);
    const agent = 'BEGIN:VCARD\r\nVERSION:2.1\r\nN:Boss\r\nAGENT:\r\nBEGIN:VCARD\r\nN:Help\r\nEND:VCARD\r\nTEL:030 123456\r\nEND:VCARD\r\n';
    expect(texts(await read('agent.vcf', agent))).toEqual([agent]);
    const big = await read('big.vcf', card('Big', `NOTE:${'x'.repeat(4_200_000)}`) + card('Small'));
    expect(names(big)).toEqual(['Small']);
    expect(big.problems).toMatchObject([{ line: 1, text: expect.stringContaining('4.0 MB') }]);
  });

  it('are read the same wherever their pieces are cut', async () => {
    const all = Array.from({ length: 2000 }, (_, i) => `Mü€ ${i} ${'ä€'.repeat(20)}`); // more than one piece in each encoding
    for (const [pad, end] of [[0, '\r\n'], [1, '\r\n'], [2, '\n'], [3, '\r']] as const) {
      const [cards, rows] = [all.map((name) => card(name, '', end)).join(''), [`Name;${'x'.repeat(pad)}`, ...all, ''].join(end)];
      for (const text of [cards, rows]) {
        const name = text === cards ? 'a.vcf' : 'a.csv';
        for (const bytes of [Buffer.from(text), utf16(text), utf16(`\ufeff${text}`, true)]) expect(names(await read(name, bytes)), JSON.stringify([name, pad, end, bytes.length])).toEqual(all);
        expect(names(await read(name, latin(text.replaceAll('€', '\u0080'))))).toEqual(all);
      }
    }
    const late = latin(`${card('Anna').repeat(5000)}BEGIN:VCARD\r\nVERSION:2.1\r\nN;charset=ISO-8859-1:M\u00fcller\r\nEND:VCARD\r\n`);
    expect(names(await read('a.vcf', late))).toEqual(['Anna', 'Müller']);
  });

  it('refuse what holds no contact', async () => {
    await expect(read('x.vcf', '')).rejects.toMatchObject({ code: 'import.empty' });
    await expect(read('x.vcf', 'nothing here')).rejects.toMatchObject({ code: 'import.empty' });
    for (const bytes of ['PK\u0003\u0004rest', '%PDF-1.7', '<?xml version="1.0"?>', 'GIF89a\u0000\u0001', '\u0000'.repeat(50)]) await expect(read('x.xlsx', bytes)).rejects.toMatchObject({ code: 'import.format' });
  });

  it('never throw on anything else, and keep what they take within the file', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('BEGIN:VCARD', 'END:VCARD', 'begin : vcard', 'AGENT:', 'FN:x', ' folded', '', 'junk', 'item1.END:VCARD'), { maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\r'), async (lines, end) => {
      const whole = lines.join(end);
      const file = await read('a.vcf', whole).catch((thrown: { code: string }) => { expect(thrown.code).toBe('import.empty'); return undefined; });
      for (const text of file ? texts(file) : []) expect(whole.includes(text.replace(/(?:\r\n)?END:VCARD\r\n$/, '')) || whole.includes(text)).toBe(true);
    }));
  });
});

describe('.csv files', () => {
  const sample = (name: string) => readFileSync(new URL(`./samples/${name}.csv`, import.meta.url));
  it.each([
    ['google', ['Anna Beispiel', 'Nur Firma GmbH'], ['EMAIL;TYPE=WORK:anna@muster.example', 'EMAIL;TYPE=HOME:a.b@home.example', 'TEL;TYPE=CELL:+49 171 5550101', 'TEL;TYPE=FAX;TYPE=WORK:030 5550108', 'TITLE:Head of Sales', 'BDAY:1980-02-29', 'ADR;TYPE=WORK:;;Hauptstr. 1;Berlin;BE;10115;Germany', 'CATEGORIES:myContacts,Friends', 'N:Beispiel;Anna;;Dr.;', 'ORG:Muster AG;Sales', 'NOTE:Met in Bonn.\\nLikes tea\\; and "quotes".', 'X-COLUMN;HEADING="Custom Field 1 - Value":38', 'item1.X-ABLabel:Ferienhaus']],
    ['google-old', ['Bert Muster'], ['TEL;TYPE=HOME:030 5550110', 'TEL;TYPE=HOME:+49 30 5550111', 'ORG:Acme']],
    ['outlook-en', ['Carl Q. Sample'], ['TEL;TYPE=FAX;TYPE=WORK:(217) 555-0109', 'TEL;TYPE=CELL:(217) 555-0104', 'TEL;TYPE=PAGER:(217) 555-0105', 'EMAIL:c@home.example', 'X-COLUMN;HEADING="Account":AC-1234567', 'X-COLUMN;HEADING="Birthday":0/0/00', 'NOTE:Line one\\nLine two', 'N:Sample;Carl;Q.;Mr.;Jr.']],
    ['outlook-de', ['Dörte Müßig'], ['TEL;TYPE=WORK:0211 5550102', 'TEL;TYPE=HOME:0761 5550103', 'TEL;TYPE=CELL:0171 5550104', 'TEL:0211 5550100', 'ADR;TYPE=WORK:;;Königsallee 1;Düsseldorf;NRW;40212;Deutschland', 'NOTE:kostet 5 €', 'TITLE:Leiterin', 'ORG:Größe & Söhne;Einkauf']],
    ['thunderbird-en', ['Emil Example'], ['TEL;TYPE=WORK:030 5550101', 'TEL;TYPE=FAX:030 5550103', 'X-CUSTOM4:vip', 'NICKNAME:Em', 'URL:https://b.example', 'ORG:Gasthof;Küche']],
    ['thunderbird-de', ['Frida Fröhlich'], ['TEL;TYPE=WORK:030 5550101', 'TEL;TYPE=CELL:0171 5550105', 'X-CUSTOM4:FAM', 'EMAIL:frida@example.org']],
  ])('of %s', async (program, who, lines) => {
    const file = await read(`${program}.csv`, sample(program));
    expect(names(file)).toEqual(who);
    expect(file.problems).toEqual([]);
    const all = texts(file).join('').replaceAll('\r\n ', '');
    for (const line of lines) expect(all.split('\r\n')).toContain(line);
  });

  it('lose no cell', async () => {
    for (const program of ['google', 'google-old', 'outlook-en', 'outlook-de', 'thunderbird-en', 'thunderbird-de']) {
      const cells = (await import('csv-parse/sync')).parse(new TextDecoder(encodingOf(new Uint8Array(sample(program))).encoding).decode(sample(program)), { delimiter: program === 'outlook-de' ? ';' : ',' }).slice(1).flat() as string[];
      const all = texts(await read(`${program}.csv`, sample(program))).join('').replaceAll('\r\n ', '').replace(/\\n/g, ' ').replace(/\\(.)/g, '$1');
      const labels = new Set(['Work', '* Home', 'Mobile', 'Work Fax', 'Other', 'Home', 'Business;Friends', '* myContacts', '* myContacts ::: Friends']);
      for (const cell of cells.filter((c) => c !== '' && !labels.has(c))) for (const part of cell.split(' ::: ')) expect(all.toLowerCase(), `${program}: ${cell}`).toContain(part.replace(/\n/g, ' ').toLowerCase());
    }
  });

  it('take every separator, encoding and line end', async () => {
    for (const [separator, first] of [[',', ''], [';', ''], ['\t', ''], ['|', ''], [';', 'sep=;\n']] as const) {
      for (const end of ['\n', '\r\n', '\r']) {
        const text = `${first}Name${separator}Tel${separator}Firma\n"Müller, ""Max"";\tx"${separator}030 123456${separator}A\n`.replaceAll('\n', end);
        for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), utf16(`\ufeff${text}`), utf16(text, true), latin(text)]) expect(names(await read('x.csv', bytes)), JSON.stringify([separator, end, bytes.length])).toEqual(['Müller, "Max"; x']);
      }
    }
  });

  it('say by line what is wrong', async () => {
    const file = await read('x.csv', 'Name,Tel,Code,Quatsch\r\n\r\n"Anna\r\nB.",030 1234567,vip,1\r\n,,,nobody\r\nBert,,no code!,2\r\nCarl,"030\r\nDora,1\r\n');
    expect(names(file)).toEqual(['Anna B.', 'Bert']);
    expect(file.problems.map(({ line }) => line)).toEqual([5, 6, 7]);
    expect(file.problems[1]!.text).toContain('"no code!" is no handling code');
    expect(file.problems[2]!.text).toMatch(/quotation mark/);
    expect(texts(file)[0]).toContain('X-CUSTOM4:VIP');
    expect(file.columns.map(({ heading, holds, sample: shown }) => [heading, heldAs(holds), shown])).toEqual([['Name', 'name', 'Anna B.'], ['Tel', 'phone', '030 1234567'], ['Code', 'code', 'vip'], ['Quatsch', 'other', '1']]);
  });

  it('go by what somebody chose for a column', async () => {
    const text = 'A,B,C,D\nAnna,030 1234567,secret,row 7\n';
    const unknown = await read('x.csv', text);
    expect([unknown.contacts.length, unknown.problems.length, unknown.columns.length]).toEqual([0, 1, 4]);
    const chosen = await read('x.csv', text, { A: 'name', B: 'phone', C: 'ignore', D: 'uid' });
    expect(texts(chosen)).toEqual(['BEGIN:VCARD\r\nVERSION:3.0\r\nUID:row-row 7\r\nFN:Anna\r\nN:Anna;;;;\r\nTEL:030 1234567\r\nEND:VCARD\r\n']);
  });

  it('keep what is in no use when everything else is chosen', async () => {
    const text = 'Vorname,Phone 1 - Label,Phone 1 - Value,Straße privat,Handy\nAnna,Home,030 1234567,Weg 1,0171 2345678\n';
    const all = { Vorname: 'name', 'Phone 1 - Label': 'other', 'Phone 1 - Value': 'phone', 'Straße privat': 'other', Handy: 'other' } as const;
    expect(texts(await read('x.csv', text, all))).toEqual(['BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nN:Anna;;;;\r\nTEL;TYPE=HOME:030 1234567\r\nX-COLUMN;HEADING="Handy":0171 2345678\r\nADR;TYPE=HOME:;;Weg 1;;;;\r\nEND:VCARD\r\n']);
  });

  it('take cells as text, whatever they look like, and let none out of its line', async () => {
    const cells = ['=HYPERLINK("http://evil.example","x")', '+1+1', '@SUM(A1)', '-2', 'END:VCARD', 'a\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Evil', '\u0000\u001b[2J', 'a;b,c\\d', 'x'.repeat(300)];
    for (const cell of cells) {
      const quoted = `"${cell.replaceAll('"', '""')}"`;
      const file = await read('x.csv', `Name,Notiz,${quoted}\nAnna,${quoted},${quoted}\n`);
      expect(file.contacts, cell).toHaveLength(1);
      const [text] = texts(file);
      expect(text!.match(/^(BEGIN|END):VCARD\r$/gm), cell).toHaveLength(2);
      expect(readCard(file.contacts[0]!.bytes)!.name).toBe('Anna');
      for (const line of text!.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(76);
    }
  });

  it('never make a card that reads as another', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'ab;,:\\\n"=\u0001\r\tü😀 ') , minLength: 1, maxLength: 120 }), async (cell) => {
      const file = await read('x.csv', `Vorname,Notiz,Egal\nAnna,"${cell.replaceAll('"', '""')}","${cell.replaceAll('"', '""')}"\n`);
      expect(names(file)).toEqual(['Anna']);
    }), { numRuns: 200 });
  });

  it('end after so many lines', async () => {
    const file = await read('x.csv', `Name\n${'A\n'.repeat(200_005)}`);
    expect(file.problems).toMatchObject([{ line: 200_001 }]);
    expect(file.contacts).toHaveLength(1); // the same contact again is no other
  }, 60_000);
});

describe('what a contact is known by', () => {
  const hrefs = async (content: string) => (await read('a.vcf', content)).contacts.map(({ href }) => href);
  it('is its UID, else name and number, in whatever form', async () => {
    const [one] = await hrefs(card('Anna', 'UID:1'));
    expect(await hrefs(card('Anna B.', 'UID:1\r\nTEL:1234567'))).toEqual([one]);
    const [two] = await hrefs(card('Anna', 'TEL:030 123456'));
    expect(await hrefs(card('ANNA', 'TEL:+49 30 123456\r\nNOTE:x'))).toEqual([two]);
    expect(await hrefs(card('Anna', 'TEL:030 123457'))).not.toEqual([two]);
    expect(new Set(await hrefs(card('Anna', 'ORG:A') + card('Anna', 'ORG:B') + card('Anna'))).size).toBe(3);
  });
  it('keeps two that differ apart, and takes the same one once', async () => {
    const both = card('Anna', 'UID:1\r\nNOTE:a') + card('Anna', 'UID:1\r\nNOTE:b');
    expect(new Set(await hrefs(both)).size).toBe(2);
    expect(await hrefs(both + both)).toEqual(await hrefs(both));
  });
  it('is never what another is known by', async () => {
    const named = (name: string, note: string) => card(name, `ORG:Building\r\nNOTE:${note}`);
    const one = (uid: string, note: string) => card('Anna', `UID:${uid}\r\nNOTE:${note}`);
    for (const all of [['Reception', 'Reception'].map((name, i) => named(name, `${i}`)).join('') + card('Reception', 'ORG:Building 2'), one('x', 'a') + one('x', 'b') + one('x 2', 'c'), one('x 2', 'c') + one('x', 'a') + one('x', 'b')]) {
      expect(new Set(await hrefs(all)).size, all).toBe(3);
    }
    expect((await hrefs(one('x', 'a') + one('x', 'b')))[0]).toBe((await hrefs(one('x', 'b')))[0]);
  });
});

it('plans what is added, changed, left and removed', () => {
  const incoming = (href: string, etag: string) => ({ href, etag, bytes: new Uint8Array() });
  const [held, file] = [new Map([['a', '1'], ['b', '1'], ['c', '1']]), [incoming('a', '1'), incoming('b', '2'), incoming('d', '1')]];
  expect(planImport(file, held, false)).toEqual({ add: [file[2]], update: [file[1]], unchanged: 1, remove: [] });
  expect(planImport(file, held, true)).toMatchObject({ remove: ['c'] });
});
