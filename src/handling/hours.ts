/** Is an instant inside opening hours? Wall-clock time of the given zone, so that a window keeps its hours across a change of summer time. */
import type { Hours } from '@ringbook/contracts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** ISO week day (1 = Monday) and minutes since midnight of `at` (ISO instant) in `zone`. */
export const wallClock = (at: string, zone: string): { day: number; minute: number } => {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(at));
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return { day: WEEKDAYS.indexOf(part('weekday')) + 1, minute: Number(part('hour')) * 60 + Number(part('minute')) };
};

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const dayBefore = (day: number) => (day === 1 ? 7 : day - 1);

/** A window includes its start and not its end; one that ends at or before its start runs into the next day. */
export const within = (hours: Hours, at: string, userZone: string): boolean => {
  const { day, minute } = wallClock(at, hours.zone ?? userZone);
  return hours.windows.some((w) => {
    const from = minutes(w.from), to = minutes(w.to);
    if (from < to) return w.days.includes(day) && minute >= from && minute < to;
    return (w.days.includes(day) && minute >= from) || (w.days.includes(dayBefore(day)) && minute < to);
  });
};
