/** The fill report: which fields of an address book are free for handling codes, in words. */
import type { Carrier, FieldReport, FillReport } from '@ringbook/contracts';
import { PRESETS, type Preset } from '../contact/attribute.js';
import { carrierProblem, carrierWords, fieldOf, isWhole, sameCarrier } from '../contact/carrier.js';

/** One field over all cards: `cards` have something in it, `codes` of them only what looks like a handling code. */
export interface FieldCount { field: string; cards: number; codes: number; samples: string[] }
export interface BookKind { ldap: boolean; preset?: Preset; carrier: Carrier }

const PATTERN = '[call:{code}]';
const PREFIX = 'call-';
/** Fields that contact managers keep and nobody fills, the best first: of cards as Thunderbird shows them, of directories as their schemas have them. */
const FREE_FIELDS = ['X-CUSTOM4', 'X-CUSTOM3', 'X-CUSTOM2', 'X-CUSTOM1', 'X-RINGBOOK'];
const FREE_ATTRIBUTES: Record<Preset, string[]> = {
  openldap: ['employeeType', 'businessCategory', 'carLicense', 'destinationIndicator', 'pager', 'roomNumber'],
  activeDirectory: [...PRESETS.activeDirectory.others.filter((name) => name.startsWith('extension')), 'info', 'pager', 'employeeType', 'comment'],
};

/** @param counts of the fields that hold something anywhere */
export const reportOf = (cards: number, counts: readonly FieldCount[], kind: BookKind): FillReport => {
  const wellKnown = kind.ldap ? FREE_ATTRIBUTES[kind.preset ?? 'openldap'] : FREE_FIELDS;
  const known = new Set(counts.map(({ field }) => field.toUpperCase()));
  const unused = [...wellKnown, ...(kind.ldap ? ['description'] : ['CATEGORIES', 'NOTE'])].filter((field) => !known.has(field.toUpperCase()));
  const all = [...counts, ...unused.map((field): FieldCount => ({ field, cards: 0, codes: 0, samples: [] }))];
  const fields = all.map((count) => fieldOfReport(cards, count, kind)).sort((a, b) => rank(a, wellKnown) - rank(b, wellKnown) || a.cards - a.empty - (b.cards - b.empty) || (a.field < b.field ? -1 : 1));
  const safe = fields.filter((f) => f.carrier && isWhole(f.carrier) && (f.verdict === 'codes' || wellKnown.some((name) => name.toUpperCase() === f.field.toUpperCase())));
  const parts = ['CATEGORIES', 'NOTE', 'DESCRIPTION'].flatMap((name) => fields.find((f) => f.field.toUpperCase() === name && f.carrier && !isWhole(f.carrier)) ?? []);
  return { cards, fields, suggested: [...safe, ...parts].flatMap(({ carrier }) => carrier ?? []).slice(0, 12) };
};

const VERDICTS: FieldReport['verdict'][] = ['free', 'codes', 'partly', 'used', 'taken'];
const rank = ({ verdict, field }: FieldReport, wellKnown: readonly string[]): number => {
  const place = wellKnown.findIndex((name) => name.toUpperCase() === field.toUpperCase());
  return VERDICTS.indexOf(verdict) * 100 + (verdict === 'free' && place >= 0 ? place : 99);
};

const fieldOfReport = (cards: number, { field, cards: filled, codes, samples }: FieldCount, kind: BookKind): FieldReport => {
  const whole: Carrier = kind.ldap ? { attribute: field } : { field };
  const part = partOf(field, kind);
  const taken = carrierProblem(whole) !== undefined && carrierProblem(part) !== undefined;
  const verdict = taken ? 'taken' : filled === 0 ? 'free' : codes === filled ? 'codes' : filled * 2 < cards ? 'partly' : 'used';
  const carrier = taken ? null : carrierProblem(whole) === undefined && (verdict === 'free' || verdict === 'codes') ? whole : part;
  return { field, cards, empty: cards - filled, samples, codes, verdict, carrier, text: textOf(field, cards, filled, verdict, carrier, kind) };
};
const partOf = (field: string, { ldap }: BookKind): Carrier => (ldap ? { attribute: field, pattern: PATTERN } : field.toUpperCase() === 'CATEGORIES' ? { field, prefix: PREFIX } : { field, pattern: PATTERN });

const textOf = (field: string, cards: number, filled: number, verdict: FieldReport['verdict'], carrier: Carrier | null, kind: BookKind): string => {
  if (verdict === 'taken') return `${field} says who somebody is or belongs to the contact manager. Codes cannot be kept there.`;
  const mine = fieldOf(kind.carrier).toUpperCase() === field.toUpperCase();
  const now = mine ? ` Codes are kept in ${carrierWords(kind.carrier)} now.` : '';
  const of = `${filled} of ${cards} contacts`;
  const instead = carrier && !isWhole(carrier) && !(mine && sameCarrier(carrier, kind.carrier)) ? ` Codes can be kept beside that, as ${carrierWords(carrier)}.` : '';
  if (verdict === 'free') return `Nobody uses ${field}.${instead}${now}`;
  if (verdict === 'codes') return `${field} holds only what looks like handling codes, in ${of}.${now}`;
  return `${field} is in use in ${of}. A code cannot have the whole field there.${instead}${now}`;
};

/** A value as it may be shown to anybody: one line, without control or direction characters, short. */
export const sampleOf = (value: string): string => {
  const text = value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').replace(/\s+/g, ' ').trim().toWellFormed();
  return text.length > 40 ? `${text.slice(0, 40).toWellFormed()}...` : text;
};
