/** What is typed while something is being saved. Pure. */

/** After a save: the draft that was sent is done with; one that was changed meanwhile stays, and is not saved yet. */
export const unsent = <T extends object>(now: T | null, sent: T): T | null => (now === sent ? null : now);
