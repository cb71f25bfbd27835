/** One ticking clock for the whole page, set by the server's: durations come out right on a desk whose clock is wrong. */
import { useSyncExternalStore } from 'react';

let skew = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** Learns from an answer's Date header (whole seconds). Small differences are left alone. */
export const compareClock = (date: string | null) => {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  const difference = server + 500 - Date.now();
  skew = Math.abs(difference) > 3000 ? difference : 0;
};
export const serverNow = () => Date.now() + skew;

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => { for (const each of listeners) each(); }, 1000);
  return () => {
    listeners.delete(listener);
    if (!listeners.size) { clearInterval(timer); timer = undefined; }
  };
};
const still = () => () => undefined;
const nowSecond = () => Math.floor(serverNow() / 1000);

/** Milliseconds, changing once a second while `running`. */
export const useNow = (running = true): number => useSyncExternalStore(running ? subscribe : still, nowSecond) * 1000;
