/**
 * States of telephones on their way to presence. A telephone in a busy office changes several times a second: what counts is
 * how it stands after a moment, and only when that is something new.
 */
import type { Logger } from 'pino';
import type { DeviceEvent } from '../call/event.js';
import { messageOf } from '../shared/must.js';

/** Milliseconds in which changes of one telephone become one. */
const MOMENT = 60;

export class PhoneNews {
  private readonly latest = new Map<string, DeviceEvent>();
  private readonly told = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly tell: (event: DeviceEvent) => Promise<void>, private readonly log: Logger) {}

  hear(event: DeviceEvent): void {
    if (this.stopped) return;
    this.latest.set(event.endpoint, event);
    this.timer ??= setTimeout(() => void this.flush(), MOMENT);
  }

  private async flush(): Promise<void> {
    const news = [...this.latest.values()].filter((e) => this.told.get(e.endpoint) !== e.state);
    this.latest.clear();
    this.timer = undefined;
    for (const event of news) {
      if (this.stopped) return;
      try {
        await this.tell(event);
        this.told.set(event.endpoint, event.state);
      } catch (thrown) { if (!this.stopped) this.log.warn({ endpoint: event.endpoint, reason: messageOf(thrown) }, 'a telephone\'s state could not be stored; its next change will be'); }
    }
  }

  /** The database is about to go. What was not told is told after the next start: every telephone is asked then. */
  stop(): void { this.stopped = true; clearTimeout(this.timer); }

  /** After a reconnect everything is told again: who listens may have forgotten. */
  forget(): void { this.told.clear(); }
}
