/**
 * One run at a time for each key, and one more when something happened meanwhile: of a burst of news about a thing, it is
 * read again once after the last, and what is read later is told later.
 */
export class Turns {
  private readonly running = new Map<string, { again: boolean }>();

  /** @param work must not reject */
  async run(key: string, work: () => Promise<void>): Promise<void> {
    const other = this.running.get(key);
    if (other) { other.again = true; return; }
    const turn = { again: true };
    this.running.set(key, turn);
    try {
      while (turn.again) { turn.again = false; await work(); }
    } finally { this.running.delete(key); }
  }
}
