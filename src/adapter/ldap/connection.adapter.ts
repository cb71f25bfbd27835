/**
 * One connection to a directory. Takes the requests of the ldapts package and reads the answers itself, because its client
 * hangs on intermediate responses and when a socket is dropped after StartTLS, takes a list that was cut off by a limit for
 * the whole, loses where a referral leads, and can be made to loop by a length that leaves its message.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Control, ExtendedRequest, type Message, UnbindRequest } from 'ldapts';
import { Fault } from '../../shared/fault.js';
import { messageOf } from '../../shared/must.js';
import { type Allowed, checkLiteral, looker } from '../../shared/reach.adapter.js';
import { Malformed } from './ber.js';
import { BOUNDS, type Question, smallQuestion } from './budget.js';
import { START_TLS } from './control.js';
import * as fault from './fault.js';
import { type Answer, type ControlValue, type Entry, messageAt, type Result, RESULT } from './message.js';

export interface Target { host: string; port: number; secure: boolean; startTls: boolean; /** PEM of the authority that counts instead of the public ones. */ certificate: string | undefined; allowed: Allowed; /** Milliseconds without any answer. */ timeout: number }
/** What comes before the result of a request. */
export interface Listener { entry?: (entry: Entry, controls: ControlValue[]) => void; reference?: (uris: string[]) => void; intermediate?: (oid: string, value: Uint8Array) => void }
export interface Reply { result: Result; controls: ControlValue[] }
interface Waiting extends Listener { question: Question; resolve(reply: Reply): void; reject(error: Error): void }

const CONNECT_TIMEOUT = 10_000;
/** Answers that nobody asked for, until the server is left alone. */
const MAX_STRAY = 1000;
const NOTHING = Buffer.alloc(0);

/** A control with a value that was written before. */
export class ValueControl extends Control {
  constructor(type: string, private readonly value: Uint8Array | undefined, critical: boolean) { super(type, { critical }); }
  override write(writer: Parameters<Control['write']>[0]): void {
    writer.startSequence();
    writer.writeString(this.type);
    writer.writeBoolean(this.critical);
    if (this.value) writer.writeBuffer(Buffer.from(this.value), 0x04);
    writer.endSequence();
  }
}

export class Connection {
  #socket: Socket;
  #received: Buffer = NOTHING;
  /** Where `received` stands, when it came in several pieces. */
  #room: Buffer = NOTHING;
  #id = 0;
  #stray = 0;
  #lost: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<number, Waiting>();

  private constructor(private readonly target: Target, socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** With TLS where it is wanted; nobody is signed in yet. @throws Fault `ldap.address-refused`, `.unreachable`, `.certificate`, `.start-tls`, `.not-understood` */
  static async open(target: Target): Promise<Connection> {
    checkLiteral(target.host, target.allowed, fault);
    const socket = await dial(target);
    if (target.secure) return new Connection(target, await encrypt(target, socket));
    const connection = new Connection(target, socket);
    if (target.startTls) await connection.#startTls().catch((thrown: unknown) => { connection.close(); throw thrown; });
    return connection;
  }

  get isOpen(): boolean { return this.#lost === undefined; }

  /** @param make the request, with the number it is given @throws Fault `ldap.unreachable`, `.not-understood`, and of `question` */
  request(make: (messageId: number) => Message, question: Question, listener: Listener = {}): Promise<Reply> {
    if (this.#lost) return Promise.reject(this.#lost);
    this.#id += 1;
    const id = this.#id;
    const bytes = make(id).write();
    const reply = new Promise<Reply>((resolve, reject) => { this.#waiting.set(id, { ...listener, question, resolve, reject }); });
    // However steadily a server drips.
    const longest = setTimeout(() => this.#lose(question.late()), question.longest).unref();
    this.#patience();
    this.#socket.ref();
    this.#socket.write(bytes);
    return reply.finally(() => { clearTimeout(longest); });
  }

  close(): void {
    if (this.#lost) return;
    this.#id += 1;
    this.#socket.write(new UnbindRequest({ messageId: this.#id }).write(), () => { this.#socket.destroy(); });
    this.#lose(fault.unreachable(this.target.host, 'the connection was closed'), false);
  }

  async #startTls(): Promise<void> {
    const { host } = this.target;
    const { result } = await this.request((messageId) => new ExtendedRequest({ messageId, oid: START_TLS }), smallQuestion(host, BOUNDS));
    if (result.code !== RESULT.success) throw fault.noTls(host);
    const plain = this.#socket;
    // What came in the clear behind the answer was put there by somebody else.
    if (this.#received.length > 0) throw fault.notLdap(host, 'something unencrypted after StartTLS');
    this.#forget(plain);
    this.#socket = await encrypt(this.target, plain);
    this.#listen(this.#socket);
  }

  readonly #onData = (data: Buffer): void => { this.#take(data); };
  readonly #onError = (error: Error): void => { this.#lose(asFault(this.target.host, error)); };
  readonly #onClose = (): void => { this.#lose(fault.unreachable(this.target.host, 'the connection was cut')); };
  #listen(socket: Socket): void {
    socket.on('data', this.#onData).on('error', this.#onError).on('close', this.#onClose).unref();
  }
  #forget(socket: Socket): void {
    socket.off('data', this.#onData).off('error', this.#onError).off('close', this.#onClose);
  }

  #take(data: Buffer): void {
    if (this.#lost) return;
    const bytes = this.#received.length > 0 ? this.#joined(data) : data;
    let at = 0;
    try {
      for (let found = messageAt(bytes, at); found; found = messageAt(bytes, at)) {
        this.#answer(found.answer, found.next - at);
        at = found.next;
      }
    } catch (thrown) {
      this.#lose(thrown instanceof Fault ? thrown : fault.notLdap(this.target.host, thrown instanceof Malformed ? thrown.message : messageOf(thrown)));
      return;
    }
    this.#received = at === bytes.length ? NOTHING : bytes.subarray(at);
    if (at > 0) this.#room = NOTHING; // what was read out of it is still in use
    if (at > 0) this.#patience();
  }

  /** What was received and not read, and `data`. Room doubles, so that a message in many small pieces is not copied for each of them. */
  #joined(data: Buffer): Buffer {
    const held = this.#received.length;
    if (held + data.length > this.#room.length) {
      this.#room = Buffer.allocUnsafeSlow(2 * (held + data.length));
      this.#received.copy(this.#room);
    }
    data.copy(this.#room, held);
    return this.#room.subarray(0, held + data.length);
  }

  #answer(answer: Answer, size: number): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) { // number 0: the server says why it ends the connection
      if (answer.id === 0) throw fault.unreachable(this.target.host, 'it ended the connection');
      this.#stray += 1;
      if (this.#stray > MAX_STRAY) throw fault.endless(this.target.host, `more than ${MAX_STRAY} answers to questions that were not asked`);
      return;
    }
    waiting.question.message(size, answer.kind === 'entry');
    if (answer.kind === 'entry') waiting.entry?.(answer.entry, answer.controls);
    else if (answer.kind === 'reference') waiting.reference?.(answer.uris);
    else if (answer.kind === 'intermediate') waiting.intermediate?.(answer.oid, answer.value);
    else {
      this.#waiting.delete(answer.id);
      waiting.resolve({ result: answer.result, controls: answer.controls });
    }
  }

  /** Anew with each answer, as long as one is awaited. An idle connection keeps no process alive. */
  #patience(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) { this.#socket.unref(); return; }
    this.#timer = setTimeout(() => this.#lose(fault.unreachable(this.target.host, 'it did not answer in time')), this.target.timeout);
  }

  #lose(error: Error, destroy = true): void {
    if (this.#lost) return;
    this.#lost = error;
    clearTimeout(this.#timer);
    if (destroy) this.#socket.destroy();
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    this.#received = NOTHING;
    this.#room = NOTHING;
  }
}

const timedOut = (): Error => Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
/** Resolves at `event`, rejects when the socket ends before or takes too long. Leaves no listener behind. */
const ready = (host: string, socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> => new Promise((resolve, reject) => {
  const settle = (error?: Error): void => {
    clearTimeout(timer);
    socket.off('error', settle).off('close', onClose).off(event, onReady);
    if (!error) { resolve(); return; }
    socket.on('error', () => {}).destroy();
    reject(asFault(host, error));
  };
  const onReady = (): void => { settle(); };
  const onClose = (): void => { settle(Object.assign(new Error('closed'), { code: 'ECONNRESET' })); };
  const timer = setTimeout(() => settle(timedOut()), CONNECT_TIMEOUT);
  socket.once('error', settle).once('close', onClose).once(event, onReady);
});

const dial = async ({ host, port, allowed }: Target): Promise<Socket> => {
  // What is looked up and checked is what is connected to.
  const socket = connectTcp({ host, port, lookup: looker(allowed, fault), noDelay: true, keepAlive: true });
  await ready(host, socket, 'connect');
  return socket;
};
const encrypt = async ({ host, certificate }: Target, socket: Socket): Promise<TLSSocket> => {
  const secure = connectTls({ socket, host, ...(isIP(host) ? {} : { servername: host }), ...(certificate ? { ca: certificate } : {}) });
  await ready(host, secure, 'secureConnect').catch((thrown: unknown) => { socket.destroy(); throw thrown; });
  return secure;
};

const WORDS: Record<string, string> = { ENOTFOUND: 'no such host', EAI_AGAIN: 'its name cannot be looked up now', ECONNREFUSED: 'nothing listens there', ECONNRESET: 'the connection was cut', EPIPE: 'the connection was cut', ETIMEDOUT: 'no answer', EHOSTUNREACH: 'no way there', ENETUNREACH: 'no way there' };
const TRUST: Record<string, string> = {
  CERT_HAS_EXPIRED: 'it has expired', CERT_NOT_YET_VALID: 'it is not valid yet', DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself', SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority that Ringbook does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority that Ringbook does not know', UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority that Ringbook does not know', ERR_TLS_CERT_ALTNAME_INVALID: 'it is made out for another name',
};
const asFault = (host: string, thrown: unknown): Error => {
  if (thrown instanceof Fault) return thrown;
  const { code = '' } = thrown as { code?: string };
  if (TRUST[code] || /CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return fault.certificate(host, TRUST[code] ?? code, thrown);
  if (/^ERR_(?:SSL|OSSL)|EPROTO/.test(code)) return fault.notLdap(host, 'TLS was expected');
  return fault.unreachable(host, WORDS[code] ?? (code || messageOf(thrown)), thrown);
};
