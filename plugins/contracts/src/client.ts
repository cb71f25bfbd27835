/**
 * A small typed client for the HTTP interface and the live socket, for every plugin that runs where `fetch` and `WebSocket`
 * exist. Imports types only, so that it adds no validator to a bundle. It renders nothing and decides nothing.
 */
import type { z } from 'zod';
import type * as account from './account.js';
import type * as book from './book.js';
import type * as calendars from './calendar.js';
import type * as carriers from './carrier.js';
import type * as contacts from './contact.js';
import type * as calls from './call.js';
import type { LiveMessage } from './live.js';
import type { Method, Prompt } from './method.js';
import type { Problem } from './problem.js';
import type * as rules from './profile.js';

export interface Page<T> { items: T[]; cursor: string | null }
export interface Versioned<T> { value: T; etag: string }

/** A refused or failed request. `status` 0: the server was not reached. `fields`: what is wrong, by path (`rules.2.method.to`). */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.code = problem.code;
    this.fields = Object.fromEntries((problem.errors ?? []).map((e) => [e.path, e.message]));
  }
}

export const unreachable = (title = 'Ringbook cannot be reached') =>
  new ProblemError({ type: 'about:blank', title, status: 0, code: 'client.unreachable' });

const readProblem = async (answer: Response): Promise<ProblemError> => {
  const body: unknown = await answer.json().catch(() => undefined);
  const known = typeof body === 'object' && body !== null && 'title' in body && 'code' in body;
  return new ProblemError(known
    ? { ...(body as Problem), status: answer.status }
    : { type: 'about:blank', title: answer.statusText || `The server answered ${answer.status}`, status: answer.status, code: 'client.status' });
};

export interface ClientOptions {
  /** Origin of the bridge; empty for the page's own. */
  url?: string;
  token?: string;
  fetch?: typeof fetch;
  /** Sees every answer, e.g. to compare clocks by its Date header. */
  onAnswer?: (answer: Response) => void;
}
interface Ask { query?: Record<string, string | number | boolean | null | undefined>; body?: unknown; ifMatch?: string; signal?: AbortSignal }

const withQuery = (path: string, query: Ask['query'] = {}) => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  return search.size ? `${path}?${search}` : path;
};

const asker = (options: ClientOptions) => async (verb: string, path: string, ask: Ask = {}): Promise<Response> => {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (ask.body !== undefined) headers['content-type'] = 'application/json';
  if (ask.ifMatch) headers['if-match'] = ask.ifMatch;
  if (options.token) headers['authorization'] = `Bearer ${options.token}`;
  const answer = await (options.fetch ?? fetch)(`${options.url ?? ''}/api/v1${withQuery(path, ask.query)}`, {
    method: verb, headers, credentials: options.token ? 'omit' : 'same-origin',
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    ...(ask.signal ? { signal: ask.signal } : {}),
  }).catch((cause: unknown) => { throw (cause as Error)?.name === 'AbortError' ? cause : unreachable(); });
  options.onAnswer?.(answer);
  if (!answer.ok) throw await readProblem(answer);
  return answer;
};

const seg = encodeURIComponent;
type Input<T extends z.ZodType> = z.input<T>;
type ListAsk = { limit?: number; cursor?: string | null };

const verbs = (options: ClientOptions) => {
  const ask = asker(options);
  const json = async <T>(verb: string, path: string, more?: Ask): Promise<T> => {
    const answer = await ask(verb, path, more);
    return (answer.status === 204 || answer.headers.get('content-length') === '0' ? undefined : await answer.json()) as T;
  };
  return {
    ask, json,
    get: <T>(path: string, query?: Ask['query'], signal?: AbortSignal) => json<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
    post: <T>(path: string, body: unknown = {}) => json<T>('POST', path, { body }),
    remove: (path: string) => json<void>('DELETE', path),
    versioned: async <T>(verb: string, path: string, more?: Ask): Promise<Versioned<T>> => {
      const answer = await ask(verb, path, more);
      const value = await answer.json() as T & { version?: number };
      return { value, etag: answer.headers.get('etag') ?? `"${value.version ?? ''}"` };
    },
  };
};
type Verbs = ReturnType<typeof verbs>;

const accountApi = ({ get, post, json, remove }: Verbs) => ({
  signIn: (body: Input<typeof account.signIn>) => post<account.Me>('/session', body),
  signOut: () => remove('/session'),
  setUp: (body: Input<typeof account.setUp>) => post<account.Me>('/setup', body),
  me: () => get<account.Me>('/me'),
  patchMe: (body: Input<typeof account.patchMe>) => json<account.Me>('PATCH', '/me', { body }),
  tokens: () => get<Page<account.Token>>('/tokens'),
  createToken: (body: Input<typeof account.newToken>) => post<z.infer<typeof account.createdToken>>('/tokens', body),
  revokeToken: (id: string) => remove(`/tokens/${seg(id)}`),
  confirmPairing: (code: string) => post<z.infer<typeof account.confirmedPairing>>(`/pairings/${seg(code)}/confirm`),
});

const usersApi = ({ get, post, json, remove, versioned }: Verbs) => ({
  list: (query: ListAsk = {}) => get<Page<account.User>>('/users', query),
  get: (id: string) => get<account.Me>(`/users/${seg(id)}`),
  create: (body: Input<typeof account.newUser>) => post<account.User>('/users', body),
  patch: (id: string, body: Input<typeof account.patchUser>) => json<account.User>('PATCH', `/users/${seg(id)}`, { body }),
  remove: (id: string) => remove(`/users/${seg(id)}`),
  numbers: (id: string) => get<Page<account.LineNumber>>(`/users/${seg(id)}/numbers`),
  addNumber: (id: string, body: Input<typeof account.newNumber>) => post<account.LineNumber>(`/users/${seg(id)}/numbers`, body),
  removeNumber: (id: string, numberId: string) => remove(`/users/${seg(id)}/numbers/${seg(numberId)}`),
  devices: (id: string) => get<Page<account.Device>>(`/users/${seg(id)}/devices`),
  addDevice: (id: string, body: Input<typeof account.newDevice>) => post<account.Device>(`/users/${seg(id)}/devices`, body),
  removeDevice: (id: string, deviceId: string) => remove(`/users/${seg(id)}/devices/${seg(deviceId)}`),
  profile: (id: string) => versioned<rules.StoredProfile>('GET', `/users/${seg(id)}/profile`),
  saveProfile: (id: string, body: rules.Profile, ifMatch: string) => versioned<rules.StoredProfile>('PUT', `/users/${seg(id)}/profile`, { body, ifMatch }),
  status: (id: string) => get<rules.UserStatus>(`/users/${seg(id)}/status`),
  setStatus: (id: string, body: Input<typeof rules.setStatus>) => json<rules.UserStatus>('PUT', `/users/${seg(id)}/status`, { body }),
});

const callsApi = ({ get, post }: Verbs) => ({
  list: (query: ListAsk & { q?: string; number?: string; contact?: string; from?: string; to?: string } = {}) => get<Page<calls.CallSummary>>('/calls', query),
  get: (id: string) => get<calls.CallDetail>(`/calls/${seg(id)}`),
  override: (id: string, method: Method) => post<unknown>(`/calls/${seg(id)}/override`, { method }),
  forward: (id: string, to: string) => post<unknown>(`/calls/${seg(id)}/forward`, { to }),
  take: (id: string, device?: string) => post<unknown>(`/calls/${seg(id)}/take`, device ? { device } : {}),
  hangup: (id: string) => post<unknown>(`/calls/${seg(id)}/hangup`),
  note: (id: string, note: string) => post<unknown>(`/calls/${seg(id)}/note`, { note }),
});

const contactsApi = ({ get, json, post }: Verbs) => ({
  list: (query: ListAsk & { q?: string; number?: string; book?: string; code?: string } = {}, signal?: AbortSignal) => get<Page<contacts.Contact>>('/contacts', query, signal),
  get: (id: string) => get<contacts.Contact>(`/contacts/${seg(id)}`),
  setCode: (id: string, handlingCode: string | null) => json<contacts.Contact>('PATCH', `/contacts/${seg(id)}`, { body: { handlingCode } }),
  setCodes: (body: Input<typeof contacts.bulkCodes>) => post<contacts.BulkAnswer>('/contacts/codes', body),
  lookup: (query: { number: string; user?: string }) => get<contacts.LookupAnswer>('/directory/lookup', query),
  choices: () => get<contacts.NumberChoices>('/directory/choices'),
  choose: (body: Input<typeof contacts.numberChoice>) => json<contacts.LookupAnswer>('PUT', '/directory/choices', { body }),
});

const codesApi = ({ get, json }: Verbs) => ({
  list: () => get<carriers.KnownCodes>('/codes'),
  save: (body: Input<typeof carriers.codeList>) => json<carriers.KnownCodes>('PUT', '/codes', { body }),
});

const booksApi = ({ get, post, json, remove }: Verbs) => ({
  list: () => get<Page<book.AddressBook>>('/address-books'),
  create: (body: Input<typeof book.newAddressBook>) => post<book.AddressBook>('/address-books', body),
  patch: (id: string, body: Input<typeof book.patchAddressBook>) => json<book.AddressBook>('PATCH', `/address-books/${seg(id)}`, { body }),
  remove: (id: string) => remove(`/address-books/${seg(id)}`),
  test: (body: Input<typeof book.testAddressBook>) => post<book.ConnectionReport>('/address-books/test', body),
  order: (body: Input<typeof book.bookOrder>) => json<void>('PUT', '/address-books/order', { body }),
  plan: (id: string) => get<book.SyncPlan>(`/address-books/${seg(id)}/plan`),
  sync: (id: string, body: Input<typeof book.syncBody> = {}) => post<unknown>(`/address-books/${seg(id)}/sync`, body),
  health: (id: string) => get<book.BookHealth>(`/address-books/${seg(id)}/health`),
  skipped: (id: string) => get<Page<z.infer<typeof book.skippedCard>>>(`/address-books/${seg(id)}/skipped`),
  importFile: (id: string, body: Input<typeof book.importBody>) => post<book.ImportReport>(`/address-books/${seg(id)}/import`, body),
  exportUrl: (id: string) => `/api/v1/address-books/${seg(id)}/export`,
  fields: (id: string) => get<carriers.FillReport>(`/address-books/${seg(id)}/fields`),
  setCarrier: (id: string, carrier: carriers.Carrier) => json<carriers.Carrier>('PUT', `/address-books/${seg(id)}/carrier`, { body: carrier }),
  previewCarrier: (id: string, carrier: carriers.Carrier) => post<carriers.CarrierPreview>(`/address-books/${seg(id)}/carrier/preview`, { carrier }),
  migrations: (id: string) => get<Page<carriers.CarrierMigration>>(`/address-books/${seg(id)}/carrier/migrations`),
  migrate: (id: string, body: Input<typeof carriers.newMigration>) => post<carriers.CarrierMigration>(`/address-books/${seg(id)}/carrier/migrations`, body),
  undoMigration: (id: string, migrationId: string) => post<carriers.CarrierMigration>(`/address-books/${seg(id)}/carrier/migrations/${seg(migrationId)}/undo`),
  lostCodes: (id: string) => get<Page<carriers.LostCode>>(`/address-books/${seg(id)}/lost-codes`),
  repair: (id: string, body: Input<typeof carriers.repairBody>) => post<Page<carriers.LostCode>>(`/address-books/${seg(id)}/lost-codes`, body),
});

const calendarsApi = ({ get, post, json, remove }: Verbs) => ({
  list: () => get<Page<calendars.Calendar>>('/calendars'),
  create: (body: Input<typeof calendars.newCalendar>) => post<calendars.Calendar>('/calendars', body),
  patch: (id: string, body: Input<typeof calendars.patchCalendar>) => json<calendars.Calendar>('PATCH', `/calendars/${seg(id)}`, { body }),
  remove: (id: string) => remove(`/calendars/${seg(id)}`),
  sync: (id: string, body: Input<typeof book.syncBody> = {}) => post<calendars.CalendarHealth>(`/calendars/${seg(id)}/sync`, body),
  agenda: (query: { from?: string; to?: string } = {}) => get<Page<calendars.AgendaItem>>('/agenda', query),
  rules: (userId: string) => get<calendars.CalendarRules>(`/users/${seg(userId)}/calendar-rules`),
  saveRules: (userId: string, body: Input<typeof calendars.calendarRules>) => json<calendars.CalendarRules>('PUT', `/users/${seg(userId)}/calendar-rules`, { body }),
});

const voicemailsApi = ({ get, json, remove }: Verbs, url = '') => ({
  list: (query: ListAsk = {}) => get<Page<calls.Voicemail>>('/voicemails', query),
  audioUrl: (id: string) => `${url}/api/v1/voicemails/${seg(id)}/audio`,
  setHeard: (id: string, heard: boolean) => json<calls.Voicemail>('PATCH', `/voicemails/${seg(id)}`, { body: { heard } }),
  remove: (id: string) => remove(`/voicemails/${seg(id)}`),
});

export const createClient = (options: ClientOptions = {}) => {
  const v = verbs(options);
  return {
    ask: v.ask, json: v.json,
    account: accountApi(v), users: usersApi(v), calls: callsApi(v), contacts: contactsApi(v), codes: codesApi(v), books: booksApi(v), calendars: calendarsApi(v), voicemails: voicemailsApi(v, options.url),
    prompts: () => v.get<Page<Prompt>>('/prompts'),
    decide: (body: Input<typeof calls.askDecision>) => v.post<calls.DecisionAnswer>('/decisions', body),
  };
};
export type Client = ReturnType<typeof createClient>;

/** connecting: no snapshot yet · open: snapshot received · lost: trying again after `retryAt` (milliseconds, epoch) · refused: not signed in */
export type LiveState = { kind: 'connecting' } | { kind: 'open' } | { kind: 'lost'; retryAt: number; attempt: number } | { kind: 'refused' };
export interface LiveOptions {
  /** Address of the socket, e.g. wss://bridge/api/v1/live */
  url: string;
  token?: string;
  onMessage: (message: LiveMessage) => void;
  onState?: (state: LiveState) => void;
  /** A new connection begins: what is known is old until its snapshot has come. */
  onConnect?: () => void;
  WebSocket?: new (url: string) => WebSocket;
  random?: () => number;
}
export interface LiveConnection { close(): void; retryNow(): void }

/** Back-off with jitter: 0.5 to 1 s, doubling to at most 15 to 30 s, so that a thousand windows do not come back as one. */
export const retryDelay = (attempt: number, random: number) => Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5)) * (0.5 + random / 2);
const REFUSED = new Set([1008, 4401, 4403]);
const SILENCE = 15_000;

export const parseLive = (data: unknown): LiveMessage | undefined => {
  try {
    const message = JSON.parse(String(data)) as Partial<LiveMessage>;
    return typeof message.type === 'string' && typeof message.seq === 'number' ? message as LiveMessage : undefined;
  } catch { return undefined; }
};

/** Keeps one live connection until closed: reconnects with back-off, and each connection starts with a fresh snapshot. */
export const connectLive = (options: LiveOptions): LiveConnection => {
  let attempt = 0, timer: ReturnType<typeof setTimeout> | undefined, socket: WebSocket | undefined, over = false;
  const say = (state: LiveState) => { if (!over) options.onState?.(state); };
  const later = (code: number) => {
    if (over) return;
    if (REFUSED.has(code)) return say({ kind: 'refused' });
    const wait = retryDelay(attempt, (options.random ?? Math.random)());
    attempt += 1;
    say({ kind: 'lost', retryAt: Date.now() + wait, attempt });
    timer = setTimeout(open, wait);
  };
  const open = () => {
    clearTimeout(timer);
    if (attempt === 0) say({ kind: 'connecting' });
    options.onConnect?.();
    const mine = socket = new (options.WebSocket ?? WebSocket)(options.url);
    // A socket that opens and then says nothing is as good as lost.
    timer = setTimeout(() => mine.close(), SILENCE);
    mine.addEventListener('open', () => { if (options.token) mine.send(JSON.stringify({ type: 'hello', token: options.token })); });
    mine.addEventListener('message', (event) => {
      const message = parseLive(event.data);
      if (!message || over || mine !== socket) return;
      if (message.type === 'snapshot') { clearTimeout(timer); attempt = 0; }
      options.onMessage(message);
      if (message.type === 'snapshot') say({ kind: 'open' });
    });
    mine.addEventListener('close', (event) => { if (mine === socket) { clearTimeout(timer); later(event.code); } });
  };
  open();
  return {
    close: () => { over = true; clearTimeout(timer); socket?.close(); },
    retryNow: () => { if (!over && socket?.readyState !== 1 && socket?.readyState !== 0) open(); },
  };
};
