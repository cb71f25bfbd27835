/** Questions to one directory: signs in when it has to, pages, and tells what goes wrong in words. Lets go of an idle connection by itself. */
import { BindRequest, Change, type Control, type Filter, FilterParser, ModifyRequest, SearchRequest } from 'ldapts';
import type { LdapOptions } from '@ringbook/contracts';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import { type Allowed, checkHost } from '../../shared/reach.adapter.js';
import { type Bounds, BOUNDS, Budget, keeper, type Question, smallQuestion } from './budget.js';
import { ACTIVE_DIRECTORY, CONTROL, pagedCookie, pagedValue } from './control.js';
import { Connection, type Listener, type Reply, type Target, ValueControl } from './connection.adapter.js';
import * as fault from './fault.js';
import { plainFilter } from './filter.js';
import { type ControlValue, type Entry, RESULT, textsOf } from './message.js';

export interface ClientSettings { url: string; username: string; password: string; ldap: LdapOptions; allowed: Allowed; timeout?: number; bounds?: Bounds }
/** What the directory says of itself (its root DSE, RFC 4512, 5.1). */
export interface Features { controls: ReadonlySet<string>; extensions: ReadonlySet<string>; contexts: string[]; activeDirectory: boolean; /** Another one behind the same name counts its changes anew. */ server: string }
export interface Ask { base: string; scope?: 'base' | 'one' | 'sub'; filter: Filter; attributes: readonly string[]; controls?: Control[] }

const PAGE = 500;
const TIMEOUT = 30_000;
const IDLE = 3000;
/** Seconds that the server may take. */
const TIME_LIMIT = 300;
const NONE: Uint8Array = new Uint8Array(), FIRST: Uint8Array = Uint8Array.of(0);

/** @throws Fault `ldap.filter` */
export const filterOf = (text: string): Filter => {
  try { return FilterParser.parseString(plainFilter(text.trim())); } catch (thrown) { throw fault.badFilter(messageOf(thrown).split(/[:.] /)[0]!.slice(0, 80)); }
};

/** @throws Fault `ldap.url` */
export const targetOf = ({ url, ldap, allowed, timeout = TIMEOUT }: ClientSettings): Target => {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (!base || !/^ldaps?:$/.test(base.protocol) || !base.hostname) throw fault.badUrl();
  const secure = base.protocol === 'ldaps:';
  return { host: base.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase(), port: Number(base.port) || (secure ? 636 : 389), secure, startTls: !secure && ldap.startTls === true, certificate: ldap.certificate, allowed, timeout };
};

export class Client {
  readonly target: Target;
  readonly bounds: Bounds;
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #features: Features | undefined;
  #busy = 0;
  #paging = false;
  #idle: NodeJS.Timeout | undefined;

  /** @throws Fault `ldap.url` */
  constructor(private readonly settings: ClientSettings) {
    this.target = targetOf(settings);
    this.bounds = settings.bounds ?? BOUNDS;
  }

  get host(): string { return this.target.host; }
  get signedIn(): boolean { return this.settings.username !== ''; }

  /** @throws Fault `ldap.address-refused` */
  check(): Promise<void> { return checkHost(this.target.host, this.target.allowed, fault); }

  async features(): Promise<Features> {
    this.#features ??= await this.#readFeatures();
    return this.#features;
  }
  async #readFeatures(): Promise<Features> {
    const found: Entry[] = [];
    const { result } = await this.ask({ base: '', scope: 'base', filter: filterOf('(objectClass=*)'), attributes: ['supportedControl', 'supportedExtension', 'supportedCapabilities', 'namingContexts', 'dsServiceName'] }, { entry: (entry) => { found.push(entry); } });
    if (result.code !== RESULT.success && !this.signedIn) throw fault.ofResult(this.host, '', false, result);
    const texts = (name: string): string[] => (found[0] ? textsOf(found[0], name) : []);
    return {
      controls: new Set(texts('supportedControl')), extensions: new Set(texts('supportedExtension')), contexts: texts('namingContexts'),
      activeDirectory: texts('supportedCapabilities').includes(ACTIVE_DIRECTORY), server: texts('dsServiceName')[0] ?? '',
    };
  }

  /** What one list may take. */
  budget(bounds: Partial<Bounds> = {}): Budget { return new Budget(this.host, { ...this.bounds, ...bounds }); }

  /**
   * One search, without pages. Any result is an answer: see `asked` for one that must have worked.
   * @param budget of the list that it is a part of; without one, the answer is an entry at most
   */
  async ask(ask: Ask, listener: Listener = {}, budget?: Budget): Promise<Reply> {
    return budget ? this.#spending(budget, () => this.#search(ask, listener, budget.question(this.bounds.entries, false))) : this.#search(ask, listener, smallQuestion(this.host, this.bounds));
  }
  async #search({ base, scope = 'sub', filter, attributes, controls = [] }: Ask, listener: Listener, question: Question): Promise<Reply> {
    return this.#hold((connection) => connection.request((messageId) => new SearchRequest({ messageId, baseDN: base, scope, filter, attributes: [...attributes], sizeLimit: 0, timeLimit: TIME_LIMIT, controls }), question, listener));
  }
  async #spending<T>(budget: Budget, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    const done = await work();
    budget.spend(performance.now() - from);
    return done;
  }
  /** @throws Fault when it was not answered in full: a part is never taken for the whole */
  async asked(ask: Ask, listener: Listener = {}): Promise<ControlValue[]> {
    const { result, controls } = await this.ask(ask, listener);
    if (result.code !== RESULT.success) throw fault.ofResult(this.host, ask.base, this.signedIn, result);
    return controls;
  }

  /** A search in pages (RFC 2696) where the directory has them, each as it comes, else all at once. @throws Fault `ldap.size-limit`, `.endless`, `.too-many`, `.too-large`, `.too-slow` and others */
  async *pages(ask: Ask, budget = this.budget()): AsyncGenerator<Entry[]> {
    let page = keeper(this.host, this.bounds);
    for await (const _ of this.#turns(ask, { entry: (entry) => { page.keep(entry); } }, budget, true)) {
      yield page.entries;
      page = keeper(this.host, this.bounds);
    }
  }
  /** The same, entry by entry: none is held. @param pages at most @returns whether that was the end */
  async each(ask: Ask, listener: Listener, budget = this.budget(), pages = Infinity): Promise<boolean> {
    for await (const last of this.#turns(ask, listener, budget, false)) {
      pages -= 1;
      if (last || pages === 0) return last;
    }
    return true;
  }
  /** After each page, whether it was the last one. */
  async *#turns(ask: Ask, listener: Listener, budget: Budget, kept: boolean): AsyncGenerator<boolean> {
    // Servers keep one list in pages for each connection.
    const other = this.#paging ? new Client(this.settings) : undefined;
    if (other) { try { yield* other.#turns(ask, listener, budget, kept); } finally { other.close(); } return; }
    this.#paging = true;
    try { yield* this.#paged(ask, listener, budget, kept); } finally { this.#paging = false; }
  }
  async *#paged(ask: Ask, listener: Listener, budget: Budget, kept: boolean): AsyncGenerator<boolean> {
    const { controls } = await this.features();
    const scope = controls.has(CONTROL.domainScope) ? [new ValueControl(CONTROL.domainScope, undefined, false)] : [];
    let cookie = NONE, paged = controls.has(CONTROL.paged);
    do {
      const question = budget.question(paged ? this.bounds.page : this.bounds.entries, kept);
      const page = paged ? [new ValueControl(CONTROL.paged, pagedValue(PAGE, cookie), true)] : [];
      const { result, controls: answered } = await this.#spending(budget, () => this.#search({ ...ask, controls: [...ask.controls ?? [], ...scope, ...page] }, listener, question));
      // Pages may be refused to this user: then all at once, if that is not too many.
      if (paged && cookie.length === 0 && (result.code === RESULT.unwilling || result.code === RESULT.unavailableExtension)) { paged = false; cookie = FIRST; continue; }
      if (result.code !== RESULT.success) throw fault.ofResult(this.host, ask.base, this.signedIn, result);
      cookie = pagedCookie(answered);
      yield cookie.length === 0;
    } while (cookie.length > 0);
  }

  /** Any result is an answer. */
  modify(dn: string, changes: Change[], controls: Control[]): Promise<Reply> {
    return this.#hold((connection) => connection.request((messageId) => new ModifyRequest({ messageId, dn, changes, controls }), smallQuestion(this.host, this.bounds)));
  }

  /** Connects and signs in, if that has not been done. @throws Fault of Connection.open; `ldap.unauthorised`, `.anonymous`, `.insecure` */
  signIn(): Promise<void> { return this.#hold(() => Promise.resolve()); }
  /** Only connects, for who wants to know how far it goes. */
  async dial(): Promise<void> { this.#connection = await Connection.open(this.target); }
  close(): void {
    clearTimeout(this.#idle);
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #hold<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#busy += 1;
    try { return await work(await this.#bound()); } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#idle = setTimeout(() => { this.close(); }, IDLE).unref();
    }
  }
  async #bound(): Promise<Connection> {
    if (this.#connection?.isOpen && this.#signedIn === this.#connection) return this.#connection;
    this.#opening ??= this.#bind().finally(() => { this.#opening = undefined; });
    return this.#opening;
  }
  #signedIn: Connection | undefined;
  async #bind(): Promise<Connection> {
    const { username, password } = this.settings;
    // RFC 4513, 5.1.2: a name without a password is nobody, and servers say yes to it.
    if (username !== '' && password === '') throw fault.noPassword();
    const connection = this.#connection?.isOpen ? this.#connection : await Connection.open(this.target);
    this.#connection = connection;
    if (username !== '') {
      const { result } = await connection.request((messageId) => new BindRequest({ messageId, dn: username, password }), smallQuestion(this.host, this.bounds));
      if (result.code !== RESULT.success) { this.close(); throw fault.ofBind(this.host, result); }
    }
    this.#signedIn = connection;
    return connection;
  }
}

export const isFault = (thrown: unknown, code: string): boolean => thrown instanceof Fault && thrown.code === code;
