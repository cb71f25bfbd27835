/** One live socket: its credentials, its place in the numbering of messages, what it has been told. */
import type { LiveMessage, Pop, Voicemail } from '@ringbook/contracts';
import { WebSocket, type RawData } from 'ws';
import type { Credentials, Who } from '../http/who.js';
import type { RelayMessages } from '../queue/relay.js';
import { newsOf, type Seen } from './feed.js';

/** Close codes beyond RFC 6455's own. 4401: sign in (again). 4008: does not read fast enough; come back for a snapshot. */
export const CLOSE = { signIn: 4401, slow: 4008, going: 1001, broken: 1011 } as const;
/** Bytes waiting to be read by the other side. */
const MOST_WAITING = 1024 * 1024;

type WithoutSeq<T> = T extends unknown ? Omit<T, 'seq'> : never;
export type Said = WithoutSeq<LiveMessage>;
export type Missed = { [T in keyof RelayMessages]: { topic: T; message: RelayMessages[T] } }[keyof RelayMessages];

export class LiveClient {
  state: 'new' | 'loading' | 'open' | 'closed' = 'new';
  who?: Who;
  credentials: Credentials = {};
  readonly seen: Seen = new Map();
  /** News that came while the snapshot was being read: looked at again after it. */
  missed: Missed[] = [];
  private readonly voicemails = new Set<string>();
  private seq = 0;
  private alive = true;

  constructor(private readonly socket: WebSocket, handlers: { message(text: string): void; closed(): void }) {
    socket.on('message', (data: RawData, binary: boolean) => { if (!binary) handlers.message(String(data)); });
    socket.on('pong', () => { this.alive = true; });
    socket.on('error', () => { socket.terminate(); });
    socket.on('close', () => { this.state = 'closed'; handlers.closed(); });
  }

  send(said: Said): void {
    if (this.state === 'closed' || this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > MOST_WAITING) { this.close(CLOSE.slow, 'too slow'); return; }
    this.seq += 1;
    this.socket.send(JSON.stringify({ ...said, seq: this.seq }));
  }

  /** Tells a pop unless it is known already. */
  tell(pop: Pop): void {
    if (this.state !== 'open') return;
    const type = newsOf(this.seen, pop);
    if (type) this.send({ type, pop });
  }

  tellVoicemail(voicemail: Voicemail): void {
    if (this.state !== 'open' || this.voicemails.has(voicemail.id)) return;
    this.voicemails.add(voicemail.id);
    this.send({ type: 'voicemail.received', voicemail });
  }

  /** The reason is for people who debug. A peer that does not answer the close is cut off. */
  close(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), 1500).unref();
  }

  /** Called every so often: a peer that has not answered the last ping is gone. */
  beat(): void {
    if (!this.alive) { this.socket.terminate(); return; }
    this.alive = false;
    this.socket.ping();
  }

  terminate(): void { this.socket.terminate(); }
}
