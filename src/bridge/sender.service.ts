/**
 * Carries out what was decided: commands go to Asterisk in order; what cannot be done becomes an event of the call. Refuses to
 * move a channel that no longer waits (its own telephone is ringing by then) unless the command is to pull it out.
 */
import type { Logger } from 'pino';
import { hangupAction, patienceAction, segmentActions, type AmiAction as Fields } from '../adapter/asterisk/command.js';
import { succeeded, text, type AmiMessage } from '../adapter/asterisk/message.js';
import type { PbxEvent } from '../call/event.js';
import type { Command, Sound } from '../flow/program.js';
import type { Speech } from '../prompt/speech.adapter.js';
import { Fault } from '../shared/fault.js';
import { messageOf } from '../shared/must.js';
import type { Callers } from './callers.js';

/** How long a caller waits in silence for a text that is being spoken for the first time; then something else is played. */
const SPEAKING_MS = 4000;
/** The dead-man's patience meanwhile. Seconds. */
const SPEAKING_PATIENCE = 6;

type SegmentCommand = Extract<Command, { kind: 'segment' }>;
export interface SenderPorts {
  act(action: Fields): Promise<AmiMessage>;
  /** As act; nobody waits for the answer. */
  quietly(action: Fields): void;
  failed(callId: string, event: Omit<Extract<PbxEvent, { kind: 'failed' }>, 'call' | 'at'>): void;
  speech: Speech;
  promptPath(name: string): string;
}

export class Sender {
  constructor(private readonly callers: Callers, private readonly ports: SenderPorts, private readonly log: Logger) {}

  async send(callId: string, commands: Command[]): Promise<void> {
    for (const command of commands) {
      try {
        if (command.kind === 'hangup') this.ports.quietly(hangupAction(command.channel, command.cause));
        else await this.segment(callId, command);
      } catch (thrown) {
        if (thrown instanceof Fault && thrown.code === 'ami.disconnected') return; // carried out or not: the reconcile finds out
        this.log.warn({ callId, reason: messageOf(thrown) }, 'a command failed');
        if (command.kind === 'segment') this.ports.failed(callId, { kind: 'failed', channel: command.channel, uniqueid: '', step: command.step, reason: messageOf(thrown) });
      }
    }
  }

  /** Sets the dead-man of a waiting caller anew. Seconds from now. @throws Fault `ami.value-refused` */
  holdOn(channel: string, seconds: number): void {
    this.ports.quietly(patienceAction(channel, seconds));
    this.callers.waitUntil(channel, performance.now() + (seconds - 0.3) * 1000);
  }

  /** The caller's own telephone rings, as if Ringbook were not there. */
  giveBack(channel: string): void {
    this.callers.moved(channel);
    try {
      for (const action of segmentActions(channel, 'fallback', {})) this.ports.quietly(action);
    } catch (thrown) { this.log.warn({ reason: messageOf(thrown) }, 'a caller could not be given back; the dead-man does it'); }
  }

  private async segment(callId: string, c: SegmentCommand): Promise<void> {
    this.callers.meant(c.channel, c.step);
    if (!this.mayMove(c)) { this.log.info({ callId, step: c.step }, 'the caller no longer waits for this step'); return; }
    const prompt: Record<string, string> = c.sound ? { RB_PROMPT: await this.promptOf(c, c.sound) } : {};
    if (!this.mayMove(c)) { this.log.info({ callId, step: c.step }, 'the caller did not wait for the speech, or something else was chosen meanwhile'); return; }
    this.callers.moved(c.channel);
    const actions = segmentActions(c.channel, c.segment, { RB_STEP: c.step, ...c.variables, ...prompt });
    const answers = await Promise.all(actions.map((a) => this.ports.act(a)));
    const refused = answers.find((a) => !succeeded(a));
    if (refused && !/no such channel|not exist/i.test(text(refused, 'Message'))) throw new Error(text(refused, 'Message'));
  }

  private mayMove(c: SegmentCommand): boolean {
    return this.callers.stillMeant(c.channel, c.step) && (c.force || this.callers.waits(c.channel, performance.now()));
  }

  /** The path of a sound as Asterisk plays it. A text is spoken first; meanwhile the caller's dead-man is held off. */
  private async promptOf(c: SegmentCommand, sound: Sound): Promise<string> {
    if ('builtin' in sound) return sound.builtin;
    if ('prompt' in sound) return this.ports.promptPath(sound.prompt);
    if (!c.force) this.holdOn(c.channel, SPEAKING_PATIENCE);
    try {
      return await inTime(this.ports.speech.render(sound.say), SPEAKING_MS);
    } catch (thrown) {
      if (!sound.orElse) throw thrown;
      this.log.warn({ reason: messageOf(thrown), instead: sound.orElse }, 'a text could not be spoken');
      return sound.orElse;
    }
  }
}

/** What comes later is still kept for the next caller. */
const inTime = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(`the speech took longer than ${ms / 1000} s`)), ms); });
  work.catch(() => {}); // when it fails after its time, nobody waits for it any more
  try { return await Promise.race([work, late]); } finally { clearTimeout(timer); }
};
