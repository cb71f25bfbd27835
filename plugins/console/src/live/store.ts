/** Holds the live data of this window outside React, so that a message costs no more than the cards it touches. */
import type { LiveMessage } from '@ringbook/contracts/live';
import { connectLive, type LiveConnection, type LiveState } from '@ringbook/contracts/client';
import type { Me } from '@ringbook/contracts/account';
import type { AddressBook } from '@ringbook/contracts/book';
import type { Calendar } from '@ringbook/contracts/calendar';
import type { Pop, Presence } from '@ringbook/contracts/call';
import { useSyncExternalStore } from 'react';
import { keys, queries, socketUrl } from '../api.js';
import { arrived, emptyLive, liveReducer, sortedPops, type LiveAction, type LiveData } from './pops.js';

let data: LiveData = emptyLive;
let pops: Pop[] = [];
let state: LiveState = { kind: 'connecting' };
let connection: LiveConnection | undefined;
const listeners = new Set<() => void>();
const newcomers = new Set<(pops: Pop[]) => void>();

const tell = () => { for (const each of listeners) each(); };
const subscribe = (listener: () => void) => { listeners.add(listener); return () => { listeners.delete(listener); }; };

export const dispatchLive = (action: LiveAction) => {
  const before = data;
  data = liveReducer(before, action);
  if (data === before) return;
  if (data.pops !== before.pops) pops = sortedPops(data);
  tell();
  const fresh = arrived(before, data);
  if (fresh.length) for (const each of newcomers) each(fresh);
};

/** Cached lists that a message makes old are asked for anew, many messages at once. */
const old = new Set<string>();
let refresh: ReturnType<typeof setTimeout> | undefined;
const makeOld = (...names: string[]) => {
  for (const name of names) old.add(name);
  refresh ??= setTimeout(() => {
    refresh = undefined;
    for (const name of old) {
      // A list that was scrolled a long way is not fetched again from its beginning: it is old, and is asked for when it is opened next.
      const long = (held: unknown) => typeof held === 'object' && held !== null && 'pages' in held && Array.isArray(held.pages) && held.pages.length > 5;
      void queries.invalidateQueries({ queryKey: [name], predicate: (query) => !long(query.state.data) });
      void queries.invalidateQueries({ queryKey: [name], predicate: (query) => long(query.state.data), refetchType: 'none' });
    }
    old.clear();
  }, 600);
};
/** How far a sync has come is told, and shown without asking; only when one is over, or something else is new, are lists asked for. */
const onSync = ({ bookId, state: now, progress }: Extract<LiveMessage, { type: 'sync.changed' }>) => {
  if (!progress) return makeOld('books', 'calendars', 'contacts', 'codes');
  const put = <T extends { id: string; health: object }>(list: { items: T[] } | undefined) => list && { ...list, items: list.items.map((each) => (each.id === bookId ? { ...each, health: { ...each.health, state: now ?? 'syncing', progress } } : each)) };
  queries.setQueryData<{ items: AddressBook[] }>(keys.books, put);
  queries.setQueryData<{ items: Calendar[] }>(keys.calendars, put);
};

const sideEffects = (message: LiveMessage) => {
  if (message.type === 'snapshot') makeOld('calls', 'voicemails', 'status');
  if (message.type === 'pop.opened' || message.type === 'pop.closed') makeOld('calls');
  if (message.type === 'presence.changed') {
    queries.setQueryData(keys.status(message.presence.userId), message.presence);
    // Colleagues' states say nothing about one's own events.
    if (message.presence.userId === queries.getQueryData<Me>(keys.me)?.id) makeOld('calendars');
  }
  if (message.type === 'voicemail.received') makeOld('voicemails', 'calls');
  if (message.type === 'sync.changed') onSync(message);
};

const onState = (next: LiveState) => {
  state = next;
  tell();
  if (next.kind === 'refused') void queries.resetQueries({ queryKey: keys.me });
};

/** Somebody points at a card or works in one: nothing may move or go away under their hand. */
export const isHeld = () => document.querySelector('[data-cards]:focus-within') !== null
  || (matchMedia('(hover: hover)').matches && document.querySelector('[data-cards]:hover') !== null);

/** Opens the live socket for as long as somebody is signed in. */
export const startLive = (): (() => void) => {
  connection = connectLive({
    url: socketUrl(), onState,
    onConnect: () => dispatchLive({ type: 'connecting' }),
    onMessage: (message) => { dispatchLive({ type: 'message', message, now: Date.now() }); sideEffects(message); },
  });
  const sweep = setInterval(() => { if (!isHeld()) dispatchLive({ type: 'sweep', now: Date.now() }); }, 2000);
  const wake = () => connection?.retryNow();
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  return () => {
    clearInterval(sweep);
    removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
    connection?.close();
    [connection, data, pops, state] = [undefined, emptyLive, [], { kind: 'connecting' }];
  };
};

export const retryLive = () => connection?.retryNow();
export const onArrival = (listener: (pops: Pop[]) => void) => { newcomers.add(listener); return () => { newcomers.delete(listener); }; };
export const usePops = (): Pop[] => useSyncExternalStore(subscribe, () => pops);
export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, () => state);
export const usePresence = (userId: string): Presence | undefined => useSyncExternalStore(subscribe, () => data.presence[userId]?.presence);
