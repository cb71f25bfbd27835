/** The coming days: each event, what it means for one's status, and why. */
import { Button } from '@mantine/core';
import type { AgendaItem } from '@ringbook/contracts/calendar';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys } from '../../api.js';
import { useNow } from '../../lib/clock.js';
import { showDay, showTime } from '../../lib/when.js';
import { Panel, ProblemNote, Waiting } from '../../part/basics.js';
import { Name } from '../../part/name.js';
import part from '../../part/part.module.css';
import shell from '../../shell/shell.module.css';
import { w } from '../../words/index.js';
import css from './calendars.module.css';

const t = w.calendars.agenda;
const DAY = 86_400_000;
const WITH = 3;
const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** Under the day an event begins; what began before today stands under today. */
const perDay = (items: AgendaItem[], today: number): [number, AgendaItem[]][] => {
  const days = new Map<number, AgendaItem[]>();
  for (const item of items) {
    const day = Math.max(today, midnight(Date.parse(item.start)));
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days].sort(([a], [b]) => a - b);
};

const Time = ({ item }: { item: AgendaItem }) => {
  if (item.allDay) {
    const last = Date.parse(item.end) - 1;
    return <>{t.allDay}{midnight(last) > midnight(Date.parse(item.start)) && <span className="dim"> {t.until(showDay(new Date(last).toISOString()))}</span>}</>;
  }
  return <><time dateTime={item.start}>{showTime(item.start)}</time>–<time dateTime={item.end}>{showTime(item.end)}</time></>;
};

const One = ({ item, name, now }: { item: AgendaItem; name: string; now: number }) => {
  const going = Date.parse(item.start) <= now && now < Date.parse(item.end);
  return (
    <li className={css.event} data-now={going}>
      <span className={`${css.time} figures`}><Time item={item} /></span>
      <div className={css.words}>
        <strong><Name>{item.title}</Name></strong>{going && <span className={css.now}>{t.now}</span>}
        <div className="dim small">{[name, t.busy[item.busy], ...item.categories].join(' · ')}{item.attendees.length > 0 && <> · {t.with(item.attendees.slice(0, WITH).join(', '))}{item.attendees.length > WITH && ` ${t.andOthers(item.attendees.length - WITH)}`}</>}</div>
      </div>
      <div className={css.means}>
        <span className={part.mark}>{item.status ? <><span className={`${shell.dot} ${shell[`status-${item.status}`]}`} aria-hidden />{w.status[item.status]}</> : <span className="dim">{t.nothing}</span>}</span>
        <div className="dim small"><bdi dir="auto">{item.why}</bdi></div>
      </div>
    </li>
  );
};

export const Agenda = ({ names }: { names: Record<string, string> }) => {
  const [days, setDays] = useState(7);
  const now = useNow();
  const from = midnight(now);
  const to = from + days * DAY;
  const span = [new Date(from).toISOString(), new Date(to).toISOString()] as const;
  const asked = useQuery({ queryKey: keys.agenda(...span), queryFn: () => api.calendars.agenda({ from: span[0], to: span[1] }), placeholderData: keepPreviousData });
  const items = (asked.data?.items ?? []).filter((item) => Date.parse(item.end) > now);
  return (
    <Panel className={part.stack} label={t.title}>
      <h2 style={{ margin: 0 }}>{t.title}</h2>
      <p className="dim small" style={{ margin: 0 }}>{t.lead(days)}</p>
      <ProblemNote error={asked.error} retry={() => void asked.refetch()} />
      {asked.isPending ? <Waiting /> : items.length === 0 ? !asked.error && <p className="dim" style={{ margin: 0 }}>{Object.keys(names).length ? t.empty : t.emptyFirst}</p>
        : perDay(items, from).map(([day, events]) => (
          <section key={day} aria-label={showDay(new Date(day).toISOString())}>
            <h3 className={css.day}>{showDay(new Date(day).toISOString())}</h3>
            <ul className={part.bare}>{events.map((item) => <One key={`${item.calendarId} ${item.uid} ${item.start}`} item={item} name={names[item.calendarId] ?? ''} now={now} />)}</ul>
          </section>
        ))}
      {days < 28 && Object.keys(names).length > 0 && <div><Button size="xs" variant="subtle" onClick={() => setDays(days === 7 ? 14 : 28)}>{t.more}</Button></div>}
    </Panel>
  );
};
