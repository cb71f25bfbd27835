/** Notes of the operating system about new calls: only when asked for, without sound unless asked for, never taking the focus. */
import type { Pop } from '@ringbook/contracts/call';
import { useSyncExternalStore } from 'react';
import { w } from '../words/index.js';
import { onArrival } from './store.js';

export interface NotifyChoice { on: boolean; sound: boolean }
const KEY = 'ringbook-notify';
const read = (): NotifyChoice => {
  try { return { on: false, sound: false, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<NotifyChoice> }; } catch { return { on: false, sound: false }; }
};
let choice = read();
const listeners = new Set<() => void>();

export const notifyPossible = () => 'Notification' in globalThis;
export const notifyDenied = () => notifyPossible() && Notification.permission === 'denied';

const keep = (next: NotifyChoice) => {
  choice = next;
  try { localStorage.setItem(KEY, JSON.stringify(next)); } catch { /* for this window only, then */ }
  for (const each of listeners) each();
};
export const setNotify = async (next: NotifyChoice) => {
  if (next.on && Notification.permission !== 'granted' && await Notification.requestPermission() !== 'granted') return keep({ ...next, on: false });
  keep(next);
};
export const useNotify = () => useSyncExternalStore((l) => { listeners.add(l); return () => { listeners.delete(l); }; }, () => choice);

const show = (pop: Pop) => {
  const note = new Notification(w.live.notify.from(pop.from.display), {
    body: [pop.from.number, pop.contact?.organisation, pop.code && w.code(pop.code), pop.doing].filter(Boolean).join('\n'),
    tag: pop.id, silent: !choice.sound, icon: '/ringbook.svg',
  });
  note.addEventListener('click', () => { focus(); note.close(); });
};
export const startNotify = () => onArrival((pops) => {
  if (!choice.on || !notifyPossible() || Notification.permission !== 'granted' || document.hasFocus()) return;
  pops.forEach(show);
});
