/**
 * Decides how a call is handled: the first rule of the called person's profile that fits the situation, else their
 * default. Says why, with the age of each fact. A guess is never a VIP: a handling code counts only for matches by the
 * whole number, the national number or an extension, unless the rule itself accepts a weaker match; so does taking part in an event.
 */
import type { Because, CallerKind, Decision, Rule, Tier, When } from '@ringbook/contracts';
import { staleFacts } from '../presence/resolve.js';
import { attendingFacts, misfitAttending, misfitCalendar } from './attending.js';
import { within } from './hours.js';
import type { Situation } from './situation.js';
import { CALLER_WORDS, methodWords, STATUS_WORDS, TIER_WORDS } from './words.js';

const STRENGTH: Record<Tier, number> = { exact: 4, national: 3, extension: 2, suffix: 1, ambiguous: 0, none: 0 };
const DEFAULT_MIN_TIER = 'extension';
const PASSED_SHOWN = 20;

/** An ambiguous number belongs to some contact for certain, we only do not know to which. */
export const kindOf = (s: Pick<Situation, 'cli' | 'match'>): CallerKind => {
  if (s.cli.withheld || !s.cli.number) return 'withheld';
  return s.match.tier === 'none' ? 'unknown' : 'contact';
};
export const codeOf = (s: Pick<Situation, 'match'>): string | null => s.match.contact?.code ?? null;

/** Why a rule does not apply, or undefined when it does. */
export const misfit = (when: When, s: Situation): string | undefined =>
  misfitCode(when, s) ?? misfitCaller(when, s) ?? misfitAttending(when, s) ?? misfitTier(when, s) ?? misfitStatus(when, s) ?? misfitHours(when, s) ?? misfitCalendar(when, s);

const misfitCode = (when: When, s: Situation) => {
  if (!when.codes) return undefined;
  const code = codeOf(s);
  if (!code) return 'the caller has no code';
  if (!when.codes.some((c) => c.toUpperCase() === code.toUpperCase())) return `the code is ${code}`;
  return undefined;
};
const misfitCaller = (when: When, s: Situation) => (when.caller && when.caller !== kindOf(s) ? `the caller is ${CALLER_WORDS[kindOf(s)]}` : undefined);
const misfitTier = (when: When, s: Situation) => {
  const least = when.minTier ?? (when.codes || when.attending ? DEFAULT_MIN_TIER : undefined);
  return least && STRENGTH[s.match.tier] < STRENGTH[least] ? `matched by ${TIER_WORDS[s.match.tier]}, which is too weak` : undefined;
};
const misfitStatus = (when: When, s: Situation) => (when.status && !when.status.includes(s.status.status) ? `${s.user.name} is ${STATUS_WORDS[s.status.status]}` : undefined);
const misfitHours = (when: When, s: Situation) => (when.hours && !within(when.hours, s.at, s.user.zone) ? 'outside its hours' : undefined);

export const decide = (s: Situation): Decision => {
  const passed: Because[] = [];
  for (const [i, rule] of s.profile.rules.entries()) {
    const why = misfit(rule.when, s);
    if (!why) return { method: rule.method, rule: rule.id, because: [...facts(s), ...passed.slice(-PASSED_SHOWN), won(rule, i)] };
    passed.push({ fact: 'passed', text: `${name(rule, i)} does not apply: ${why}`, source: 'profile' });
  }
  const last: Because = { fact: 'rule', text: `No rule applies; the default: ${methodWords(s.profile.otherwise)}`, source: 'profile' };
  return { method: s.profile.otherwise, rule: 'otherwise', because: [...facts(s), ...passed.slice(-PASSED_SHOWN), last] };
};

const name = (rule: Rule, index: number) => (rule.label ? `Rule ${index + 1} "${rule.label}"` : `Rule ${index + 1}`);
const won = (rule: Rule, index: number): Because => ({ fact: 'rule', text: `${name(rule, index)} applies: ${methodWords(rule.method)}`, source: 'profile' });

const facts = (s: Situation): Because[] => [
  cliFact(s), ...matchFacts(s),
  { fact: 'status', text: `${s.user.name} is ${STATUS_WORDS[s.status.status]}`, source: s.status.because[0]?.source ?? 'profile', at: s.status.because[0]?.at ?? s.at },
  ...s.status.because.filter((b) => b.fact !== 'status').map((b) => ({ ...b, fact: `status.${b.fact}` })), // their own word says the same twice
  ...(s.status.stale ? [] : staleFacts(s.calendar, s.user.zone, s.at)), ...attendingFacts(s),
];
const cliFact = (s: Situation): Because => {
  const text = kindOf(s) === 'withheld' ? 'The caller withheld the number' : `The number is ${s.cli.number}${s.cli.name ? `; the network calls it ${s.cli.name}` : ''}`;
  return { fact: 'cli', text, source: 'asterisk', at: s.at };
};
const matchFacts = (s: Situation): Because[] => {
  if (kindOf(s) === 'withheld') return [];
  if (s.match.tier === 'none') return [{ fact: 'match', text: 'No contact has this number', source: 'address book' }];
  if (!s.match.contact) {
    return [{ fact: 'match', text: `${s.match.candidates.length} contacts have this number: ${s.match.candidates.slice(0, 5).map((c) => c.name).join(', ')}`, source: 'address book' }];
  }
  const c = s.match.contact;
  const from = { source: c.book, ...(s.match.asOf ? { at: s.match.asOf } : {}) };
  return [
    { fact: 'match', text: `${c.name} matched by ${TIER_WORDS[s.match.tier]}`, ...from },
    ...(s.match.chosen ? [{ fact: 'choice', text: `Several contacts have this number; ${s.user.name} said that it is ${c.name}`, source: s.user.name }] : []),
    { fact: 'code', text: c.code ? `The handling code is ${c.code}` : 'The contact has no handling code', ...from },
  ];
};
