/** The one client and the one cache of the console, and the keys under which answers are kept. */
import { ProblemError, createClient } from '@ringbook/contracts/client';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { compareClock } from './lib/clock.js';

export const api = createClient({ onAnswer: (answer) => compareClock(answer.headers.get('date')) });

export const keys = {
  me: ['me'] as const,
  status: (user: string) => ['status', user] as const,
  calls: ['calls'] as const,
  callList: (filter: object) => ['calls', 'list', filter] as const,
  call: (id: string) => ['calls', 'one', id] as const,
  contacts: ['contacts'] as const,
  contactList: (filter: object) => ['contacts', 'list', filter] as const,
  contact: (id: string) => ['contacts', 'one', id] as const,
  profile: (user: string) => ['profile', user] as const,
  voicemails: ['voicemails'] as const,
  users: ['users'] as const,
  user: (id: string) => ['users', id] as const,
  lookup: (number: string) => ['contacts', 'lookup', number] as const,
  choices: ['contacts', 'choices'] as const,
  codes: ['codes'] as const,
  books: ['books'] as const,
  skipped: (book: string) => ['books', 'skipped', book] as const,
  lostCodes: (book: string) => ['books', 'lost', book] as const,
  migrations: (book: string) => ['books', 'migrations', book] as const,
  /** Reads every card: asked for when somebody wants to see it, and not by every change. */
  fields: (book: string) => ['fields', book] as const,
  calendars: ['calendars'] as const,
  agenda: (from: string, to: string) => ['calendars', 'agenda', from, to] as const,
  calendarRules: (user: string) => ['calendar-rules', user] as const,
  tokens: ['tokens'] as const,
  prompts: ['prompts'] as const,
};

const isRefused = (error: unknown) => error instanceof ProblemError && error.status === 401;
/** What a retry cannot mend is not tried again. */
const worthRetry = (tries: number, error: unknown) => tries < 2 && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500);

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended: ask again who is signed in; the frame shows sign-in when nobody is.
    onError: (error, query) => { if (isRefused(error) && query.queryKey[0] !== 'me') void queries.resetQueries({ queryKey: keys.me }); },
  }),
  defaultOptions: { queries: { retry: worthRetry, staleTime: 15_000, refetchOnWindowFocus: true } },
});

const socketUrl = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
export { isRefused, socketUrl };
