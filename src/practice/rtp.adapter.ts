/**
 * The sound of practice calls: one UDP socket that talks with any number of peers (each call has its own port at Asterisk).
 * It sends a tone, or silence, and pressed keys, and keeps what it hears: so a test can prove who hears whom. SIPp could play a
 * file, but its keys need raw sockets, that is root.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { alawTone, eventBody, fromAlaw, PAYLOAD_ALAW, PAYLOAD_EVENT, rtpPacket, SAMPLES_PER_PACKET, toneShare } from './tone.js';
import { RATE } from '../prompt/wav.js';

const KEY_SAMPLES = 1600; // a key is held down for 200 ms
const GAP_MS = 300;
/** What is kept of each peer's sound: the last ten seconds. */
const KEPT = 10 * RATE;

class Talk {
  readonly heard: number[] = [];
  private sequence = Math.floor(Math.random() * 30_000);
  private sent = 0;
  private readonly started = Date.now();
  private readonly source = Math.floor(Math.random() * 0xffffffff);
  private keys: { digit: string; at: number; from?: number }[] = [];
  constructor(private readonly socket: Socket, private readonly ip: string, private readonly port: number, private readonly hertz: number) {}

  /** Sends all packets that are due: a timer that fires late is made up for. */
  tick(): void {
    const due = Math.floor(((Date.now() - this.started) * RATE) / 1000 / SAMPLES_PER_PACKET) * SAMPLES_PER_PACKET;
    if (due - this.sent > RATE) this.sent = due - SAMPLES_PER_PACKET; // stopped for over a second: do not flood
    for (; this.sent <= due; this.sent += SAMPLES_PER_PACKET) {
      if (!this.key()) this.send(PAYLOAD_ALAW, this.sent, alawTone(this.hertz, this.sent, SAMPLES_PER_PACKET), this.sent === 0);
    }
  }

  press(digits: string): void {
    const first = Math.max(Date.now(), (this.keys.at(-1)?.at ?? 0) + 200 + GAP_MS);
    [...digits].forEach((digit, i) => this.keys.push({ digit, at: first + i * (200 + GAP_MS) }));
  }

  /** Sends one packet of the key that is down now, if any; the last one three times, as RFC 4733 asks. */
  private key(): boolean {
    const key = this.keys[0];
    if (!key || key.at > Date.now()) return false;
    const first = key.from === undefined;
    key.from ??= this.sent;
    const duration = this.sent - key.from + SAMPLES_PER_PACKET;
    const end = duration >= KEY_SAMPLES;
    for (let i = 0; i < (end ? 3 : 1); i++) this.send(PAYLOAD_EVENT, key.from, eventBody(key.digit, duration, end), first && i === 0);
    if (end) this.keys.shift();
    return true;
  }

  private send(payload: number, timestamp: number, body: Uint8Array, marker: boolean): void {
    this.socket.send(rtpPacket({ payload, marker, sequence: this.sequence++, timestamp, source: this.source }, body), this.port, this.ip, () => {});
  }
}

export interface Sound {
  ip: string; port: number;
  /** Starts to talk with the peer at `port` of `peerIp`, with a tone of `hertz` (0: silence). */
  talk(peerIp: string, port: number, hertz: number): void;
  /** Presses keys, one after the other, 200 ms each. */
  press(port: number, digits: string): void;
  /** How much of the last `ms` heard from the peer is a tone of that frequency, 0 to 1; 0 when nothing was heard. */
  hears(port: number, hertz: number, ms?: number): number;
  /** How many milliseconds of sound (tone, speech or silence) came from the peer, up to 10,000. */
  heardMs(port: number): number;
  hush(port: number): void;
  close(): void;
}

/** Opens the socket, on a free port of that address. */
export const openSound = async (ip: string): Promise<Sound> => {
  const socket = createSocket('udp4');
  socket.bind({ address: ip, port: 0, exclusive: true });
  await once(socket, 'listening');
  const talks = new Map<number, Talk>();
  socket.on('error', () => {});
  socket.on('message', (packet, { port }) => {
    const heard = talks.get(port)?.heard;
    if (!heard || packet.length < 12 || (packet[1]! & 0x7f) !== PAYLOAD_ALAW) return;
    for (const byte of packet.subarray(12)) heard.push(fromAlaw(byte));
    if (heard.length > 2 * KEPT) heard.splice(0, heard.length - KEPT);
  });
  const timer = setInterval(() => { for (const talk of talks.values()) talk.tick(); }, 20);
  return {
    ip, port: socket.address().port,
    talk: (peerIp, port, hertz) => { if (!talks.has(port)) talks.set(port, new Talk(socket, peerIp, port, hertz)); },
    press: (port, digits) => talks.get(port)?.press(digits),
    hears: (port, hertz, ms = 500) => toneShare(Int16Array.from(talks.get(port)?.heard.slice(-Math.round((ms * RATE) / 1000)) ?? []), hertz),
    heardMs: (port) => Math.min(KEPT, talks.get(port)?.heard.length ?? 0) / (RATE / 1000),
    hush: (port) => { talks.delete(port); },
    close: () => { clearInterval(timer); talks.clear(); socket.close(); },
  };
};
