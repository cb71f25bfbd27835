/** Says in words what a rule or a method does. Pure; the words, the language and the names of telephones and people are given. */
import type { Method } from '@ringbook/contracts/method';
import type { Hours, When } from '@ringbook/contracts/profile';
import type { Words } from '../words/en.js';

export interface Names {
  words: Words['rules']['sentence'];
  language: string;
  /** Extension -> what its owner calls it. */
  devices?: Record<string, string>;
  users?: Record<string, string>;
}

const list = (names: Names, items: string[], type: 'disjunction' | 'conjunction') => new Intl.ListFormat(names.language, { type }).format(items);
const device = (names: Names, extension: string) => (names.devices?.[extension] ? `${names.devices[extension]} (${extension})` : extension);
const target = (names: Names, to: string) => (to.startsWith('device:') ? device(names, to.slice(7)) : to);

// 2024-01-01 was a Monday.
const day = (names: Names, iso: number) => new Intl.DateTimeFormat(names.language, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, iso)));

/** [1,2,3,4,5] -> Mon–Fri, [6,7] -> Sat, Sun */
export const daysWords = (days: number[], names: Names): string => {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.length === 7) return names.words.everyDay;
  const runs: number[][] = [];
  for (const each of sorted) {
    const run = runs.at(-1);
    if (run && run.at(-1) === each - 1) run.push(each); else runs.push([each]);
  }
  return runs.flatMap((run) => (run.length > 2 ? [`${day(names, run[0]!)}–${day(names, run.at(-1)!)}`] : run.map((each) => day(names, each)))).join(', ');
};

const isAllDay = (from: string, to: string) => from === '00:00' && to === '24:00';
export const hoursWords = (hours: Hours, names: Names): string => {
  const windows = hours.windows.map(({ days, from, to }) =>
    `${daysWords(days, names)} ${isAllDay(from, to) ? names.words.allDay : `${from}–${to}${to <= from ? names.words.nextDay : ''}`}`);
  return windows.join('; ') + (hours.zone ? ` ${names.words.zone(hours.zone)}` : '');
};

const whoWords = (when: When, names: Names) => {
  if (when.codes?.length) return names.words.codes(list(names, when.codes, 'disjunction'));
  return when.caller ? names.words.caller[when.caller] : names.words.every;
};

export const whenSentence = (when: When, names: Names): string => [
  whoWords(when, names),
  when.minTier ? names.words.minTier[when.minTier] : '',
  when.attending ? names.words.attending[when.attending] : '',
  when.status?.length ? names.words.status(list(names, when.status.map((s) => names.words.statuses[s]), 'disjunction')) : '',
  when.calendar ? names.words.calendar[when.calendar] : '',
  when.hours ? hoursWords(when.hours, names) : '',
].filter(Boolean).join(', ');

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
/** `Hello {{caller.name}}` reads `Hello [caller’s name]`. */
const withFacts = (text: string, t: Names['words']) => text.replace(/\{\{\s*([a-z.]+)\s*\}\}/g, (whole, name: string) => t.fact(name) ?? whole);
const spokenWords = (m: { text?: string; prompt?: string }, t: Names['words']) => (m.prompt === undefined ? t.announceText(short(withFacts(m.text ?? '', t))) : t.announcePrompt(m.prompt));

const ownWords = (m: Method, names: Names): string => {
  const t = names.words;
  switch (m.kind) {
    case 'ring': return `${m.devices === 'all' ? t.ringAll : t.ringSome(list(names, m.devices.map((d) => device(names, d)), 'conjunction'))} ${t.seconds(m.seconds)}`;
    case 'forward': return [t.forward(m.to || '…'), m.seconds === undefined ? '' : t.seconds(m.seconds)].filter(Boolean).join(' ');
    case 'oneNumber': return t.oneNumber(m.steps.map((s) => `${list(names, s.to.map((to) => target(names, to)), 'conjunction') || '…'} ${t.seconds(s.seconds)}${s.confirm ? t.confirm : ''}`).join(t.thenStep));
    case 'announce': return spokenWords(m, t);
    case 'voicemail': return m.greeting === undefined && m.prompt === undefined ? t.voicemail : t.voicemailGreeting;
    case 'attendant': return [t.attendant(names.users?.[m.userId] ?? t.someone), m.seconds === undefined ? '' : t.seconds(m.seconds)].filter(Boolean).join(' ');
    case 'reject': return m.text === undefined && m.prompt === undefined ? t.reject : t.rejectWords;
    // A kind that is newer than this page.
    default: return (m as { kind: string }).kind;
  }
};

export const methodSentence = (m: Method, names: Names): string => {
  const t = names.words;
  if (m.kind === 'announce') return ownWords(m, names) + (m.then ? t.then + methodSentence(m.then, names) : t.thenEnd);
  return ownWords(m, names) + ('otherwise' in m && m.otherwise ? t.otherwise + methodSentence(m.otherwise, names) : '');
};
export const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
