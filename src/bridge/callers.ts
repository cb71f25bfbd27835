/**
 * What a gateway remembers of the callers on its PBX: which calls are Ringbook's, which channels wait for a step right now and
 * until when, and which step was last meant for a channel. Decides which news is worth telling. Instants are milliseconds of
 * any clock that only goes forward.
 */
import type { PbxEvent } from '../call/event.js';

/** The dead-man of the dialplan strikes 3 s after `ask`; a step handed out later than this would cross it. */
export const PATIENCE_MS = 2700;

export class Callers {
  private readonly until = new Map<string, number>();
  private readonly ours = new Set<string>();
  private readonly steps = new Map<string, string>();
  /** While a snapshot is on its way: news of calls that may turn out to be ours, and channels whose waiting has changed since. */
  private held: PbxEvent[] | undefined;
  private readonly changed = new Set<string>();

  /** Takes note of news as it is heard. True when it is to be told now. */
  hear(event: PbxEvent, now: number): boolean {
    if (event.kind === 'offered') { this.until.set(event.channel, now + PATIENCE_MS); this.changed.add(event.channel); }
    if (event.kind === 'unoffered' || event.kind === 'hangup') { this.until.delete(event.channel); this.changed.add(event.channel); }
    if (event.kind === 'offered' || event.kind === 'fallback') this.ours.add(event.call);
    if (this.held && !this.ours.has(event.call)) { this.held.push(event); return false; }
    return this.worthTelling(event);
  }

  /** What a call's story needs; the rest of Asterisk's news would only be work. */
  private worthTelling(event: PbxEvent): boolean {
    if (!this.ours.has(event.call) || event.kind === 'unoffered' || event.kind === 'leg') return false;
    const callers = event.uniqueid === event.call;
    if (event.kind === 'left') return callers;
    if (event.kind !== 'hangup') return true;
    if (callers) { this.ours.delete(event.call); this.steps.delete(event.channel); }
    return callers;
  }

  /** From now on news of unknown calls is held, until `settle` knows whose they are. */
  hold(): void { this.held ??= []; this.changed.clear(); }

  /** What a snapshot tells, and after it what was held: everything that is to be told, in order. */
  settle(snapshot: PbxEvent[]): PbxEvent[] {
    const told = snapshot.filter((event) => event.kind !== 'offered' || !this.changed.has(event.channel));
    for (const event of told) if (event.kind !== 'gone') this.ours.add(event.call);
    const held = this.held ?? [];
    this.held = undefined;
    return [...told.filter((e) => e.kind === 'gone' || this.worthTelling(e)), ...held.filter((e) => this.worthTelling(e))];
  }
  /** There will be no snapshot: what was held is dropped; the next one tells. */
  release(): void { this.held = undefined; }

  waits(channel: string, now: number): boolean { return now < (this.until.get(channel) ?? 0); }
  isWaiting(channel: string): boolean { return this.until.has(channel); }
  /** Its dead-man was set anew. */
  waitUntil(channel: string, until: number): void { this.until.set(channel, until); }
  moved(channel: string): void { this.until.delete(channel); }

  /** A newer step takes the place of one that is still being prepared. */
  meant(channel: string, step: string): void { this.steps.set(channel, step); }
  stillMeant(channel: string, step: string): boolean { return this.steps.get(channel) === step; }

  /** The connection is lost: nothing of this holds any more. */
  forget(): void { this.until.clear(); this.ours.clear(); this.steps.clear(); this.held = undefined; }
}
