/** A row of a .csv file as a vCard 3.0. Every cell that holds something is in it; cells are text, whatever they begin with. */
import { type Column, type Holds, typesOf } from './heading.js';

/** The card's text, its code for whoever knows where codes go, or undefined when the row says of nobody who they are. */
export interface RowCard { text: string; code: string | null }

const SEVERAL = ' ::: ';
const escape = (text: string): string => (!/[\\,;\n]/.test(text) ? text : text.replace(/[\\,;]/g, String.raw`\$&`).replace(/\n/g, String.raw`\n`));
/** Control characters would end lines or be refused by servers. */
// oxlint-disable-next-line no-control-regex
const tidy = (cell: string): string => (cell === '' ? '' : cell.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim());
/** A parameter in quotes may hold everything but quotes and line ends. */
const quoted = (text: string): string => `"${text.replace(/["\n\t]/g, ' ').slice(0, 100)}"`;

export const cardOf = (columns: readonly Column[], row: readonly string[]): RowCard | undefined => {
  const cells = columns.map(({ heading, holds, label = '' }, i) => ({ heading, holds, label, text: tidy(row[i] ?? '') })).filter(({ text, holds }) => text !== '' && holds.kind !== 'ignore');
  // more cells than headings: kept too
  row.slice(columns.length).map(tidy).filter(Boolean).forEach((text) => cells.push({ heading: '', label: '', holds: { kind: 'other' }, text }));
  const first = (kind: Holds['kind']): string => cells.find(({ holds }) => holds.kind === kind)?.text ?? '';
  const labels = new Map(cells.flatMap(({ holds, text }) => (holds.kind === 'label' ? [[holds.of, text] as const] : [])));
  const [given, additional, family, prefix, suffix, organisation] = [first('givenName'), first('additional'), first('familyName'), first('prefix'), first('suffix'), first('organisation')];
  const name = first('name') || [given, additional, family].filter(Boolean).join(' ') || organisation;
  const reachable = cells.find(({ holds }) => holds.kind === 'phone' || holds.kind === 'email')?.text;
  if (!name && !reachable) return undefined;
  const structured = given || family ? [family, given, additional, prefix, suffix] : [first('name'), '', additional, prefix, suffix];
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', ...(first('uid') ? [`UID:${escape(uidOf(first('uid')))}`] : []), `FN:${escape(name || reachable!)}`, `N:${structured.map(escape).join(';')}`];
  if (organisation || first('department')) lines.push(`ORG:${[organisation, ...cells.filter(({ holds }) => holds.kind === 'department').map(({ text }) => text)].map(escape).join(';')}`);
  let groups = 0;
  lines.push(...cells.flatMap((cell) => linesOf(cell, labels, () => `item${groups += 1}`)), ...addresses(cells, labels));
  const notes = cells.filter(({ holds }) => holds.kind === 'note').map(({ text }) => text);
  if (notes.length > 0) lines.push(`NOTE:${escape(notes.join('\n\n'))}`);
  lines.push(...again(cells));
  return { text: `${[...lines, 'END:VCARD'].map(fold).join('\r\n')}\r\n`, code: first('code') || null };
};

/** "7" is the seventh row of somebody's table and no name for a contact in the whole world, which a UID is. */
const uidOf = (text: string): string => (text.length < 8 ? `row-${text}` : text);

interface Cell { heading: string; label: string; holds: Holds; text: string }
const linesOf = ({ heading, label, holds, text }: Cell, labels: ReadonlyMap<string, string>, group: () => string): string[] => {
  switch (holds.kind) {
    case 'phone': case 'email': return several(holds, text, labels.get(label) ?? '', group);
    case 'field': return [fieldOf(heading, holds.field, text)];
    case 'label': return labelled(holds.of, text) ? [] : [kept(heading, text)];
    case 'other': return [kept(heading, text)];
    default: return [];
  }
};

/** Days that only their writer can read stay text: 1/2/70 is no date that everybody reads alike. */
const fieldOf = (heading: string, field: string, text: string): string => {
  if (field === 'BDAY' && !/^\d{4}-?\d\d-?\d\d$/.test(text)) return kept(heading, text);
  if (field !== 'CATEGORIES') return `${field}:${escape(text)}`;
  return `${field}:${text.split(/ ::: |[;,]/).map((word) => escape(word.replace(/^\s*\*\s/, '').trim())).filter(Boolean).join(',')}`;
};

/** Google puts several numbers into one cell, and the kind of them beside it. */
const several = (holds: Extract<Holds, { types: string[] }>, text: string, label: string, group: () => string): string[] => {
  const kinds = label.split(SEVERAL);
  return text.split(SEVERAL).filter((value) => value.trim()).flatMap((value, i) => {
    const told = (kinds[i] ?? kinds[0] ?? '').replace(/^\*\s*/, '').trim();
    const types = told ? typesOf(told) : holds.types;
    const line = `${[holds.kind === 'phone' ? 'TEL' : 'EMAIL', ...types.map((type) => `TYPE=${type}`)].join(';')}:${escape(value.trim())}`;
    if (!told || types.length > 0 || /^(?:other|sonstige|sonstiges|main|custom)$/i.test(told)) return [line];
    // a word of somebody's own, the way Apple writes it
    const item = group();
    return [`${item}.${line}`, `${item}.X-ABLabel:${escape(told)}`];
  });
};
/** Types of numbers go into their lines; others say nothing that stands elsewhere. */
const labelled = (of: string, text: string): boolean => /^(phone|e mail|address)/.test(of) && text.length < 100;

const addresses = (cells: readonly Cell[], labels: ReadonlyMap<string, string>): string[] => {
  const places = new Map<string, string[][]>();
  for (const { holds, text } of cells) {
    if (holds.kind !== 'address') continue;
    const parts = places.get(holds.place) ?? Array.from({ length: 7 }, (): string[] => []);
    parts[holds.part]!.push(text);
    places.set(holds.place, parts);
  }
  return [...places].map(([place, parts]) => {
    const types = /^[A-Z]+$/.test(place) ? [place] : typesOf(labels.get(place) ?? '');
    return [['ADR', ...types.map((type) => `TYPE=${type}`)].join(';'), parts.map((texts) => escape(texts.join('\n'))).join(';')].join(':');
  });
};

const ONCE = ['name', 'givenName', 'familyName', 'additional', 'prefix', 'suffix', 'organisation', 'uid', 'code'] as const;
/** What there is room for once, and stood in a second column. */
const again = (cells: readonly Cell[]): string[] => ONCE.flatMap((kind) => cells.filter(({ holds }) => holds.kind === kind).slice(1).map(({ heading, text }) => kept(heading, text)));

const kept = (heading: string, text: string): string => `X-COLUMN;HEADING=${quoted(heading)}:${escape(text)}`;

const ENCODER = new TextEncoder();
/** Lines of more than 75 octets go on in the next one (RFC 2426, 2.6), cut between characters. */
const fold = (line: string): string => {
  if (line.length <= 24 || (line.length <= 75 && (/^[ -~]*$/.test(line) || ENCODER.encode(line).length <= 75))) return line;
  const parts: string[] = [];
  let part = '', size = 0;
  for (const char of line) {
    const octets = char.codePointAt(0)! < 0x80 ? 1 : char.codePointAt(0)! < 0x800 ? 2 : char.codePointAt(0)! < 0x1_0000 ? 3 : 4;
    if (size + octets > 74) { parts.push(part); part = ''; size = 0; }
    part += char;
    size += octets;
  }
  return [...parts, part].join('\r\n ');
};
