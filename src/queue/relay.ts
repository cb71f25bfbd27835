/**
 * Pub/sub between the processes of one installation, and within one. Small messages only (ids, not bodies: PostgreSQL's
 * NOTIFY takes 8,000 bytes): who receives one reads what it needs. Delivery is best effort; every consumer also has a
 * snapshot or a sweep that makes a lost message harmless.
 */
export interface RelayMessages {
  /** A call was saved. `personId` is whose call it is; `opened` and `ended` mark its first and last version. */
  call: { callId: string; personId: string | null; version: number; opened?: boolean; ended?: boolean };
  /** Somebody's status or telephone changed. */
  presence: { personId: string };
  voicemail: { id: string; personId: string };
  /** Something of this book may have changed. With `state` or `progress`: that has. */
  sync: { bookId: string; state?: 'syncing' | 'ok' | 'failing'; progress?: { done: number; total: number } | null };
  /** There are unsent commands for this PBX. */
  commands: { pbx: string };
  /** A session, token or right of this person changed: sockets check again. */
  rights: { personId: string };
}

export interface Relay {
  publish<T extends keyof RelayMessages>(topic: T, message: RelayMessages[T]): void;
  /** Returns a function that ends the subscription. Handlers must not throw. Own messages arrive too, without a round trip. */
  subscribe<T extends keyof RelayMessages>(topic: T, handler: (message: RelayMessages[T]) => void): () => void;
}
export const RELAY = Symbol('RELAY');
