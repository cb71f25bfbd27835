/** One calendar: how it is doing, and what can be done with it. */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClock, IconRefresh } from '@tabler/icons-react';
import type { Calendar } from '@ringbook/contracts/calendar';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { showCount } from '../../lib/when.js';
import { Age, Panel, ProblemNote } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import { Held, isHeld } from '../../part/held.js';
import { Name } from '../../part/name.js';
import { Next } from '../../part/next.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { ProgressBar } from '../../part/progress.js';
import { w } from '../../words/index.js';
import { hostOf } from '../books/words.js';
import { EditCalendar } from './edit.js';

const t = w.calendars;
const ICON = { new: IconClock, ok: IconCheck, syncing: IconRefresh, failing: IconAlertTriangle };
export const refreshCalendars = () => { for (const key of [keys.calendars, ['status']]) void queries.invalidateQueries({ queryKey: key }); };

const Counts = ({ health }: Pick<Calendar, 'health'>) => (
  <dl className={part.counts}>
    <div><dt>{t.events}</dt><dd>{showCount(health.events)}</dd></div>
    <div><dt>{t.busy}</dt><dd>{showCount(health.busy)}</dd></div>
    {health.skipped > 0 && <div><dt>{t.skipped}</dt><dd>{showCount(health.skipped)}</dd></div>}
    <div><dt>{w.books.lastSuccess}</dt><dd>{health.lastSuccess ? <Age at={health.lastSuccess} /> : w.books.never}</dd></div>
    <Next at={health.nextRun} />
  </dl>
);

export const CalendarCard = ({ calendar }: { calendar: Calendar }) => {
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const { health } = calendar;
  const sync = useMutation({ mutationFn: () => api.calendars.sync(calendar.id), onSuccess: refreshCalendars });
  const Icon = ICON[health.state];
  const whose = <span className="hidden">: {calendar.name}</span>;
  return (
    <Panel className={part.stack} label={calendar.name}>
      <div className={part.title} style={{ marginBottom: 0 }}><h2><Name>{calendar.name}</Name></h2><span className="dim small">{w.books.account(calendar.username, hostOf(calendar.url))}</span></div>
      <p className={`${part.state} ${part[health.state]}`}><Icon size={17} aria-hidden /><span><strong>{t.state[health.state]}.</strong> {t.stateHelp[health.state]}</span></p>
      {health.state === 'syncing' && <ProgressBar label={w.books.progressLabel(calendar.name)} done={health.progress?.done ?? 0} total={health.progress?.total ?? 0} words={t.progress} />}
      {health.lastError && health.state === 'failing' && isHeld(health.lastError.code) && <Held name={calendar.name} text={health.lastError.text} ask={t.heldAsk(calendar.name)} kept={t.heldKept} letGo={() => api.calendars.sync(calendar.id, { acceptEmpty: true })} onDone={refreshCalendars} />}
      {health.lastError && health.state === 'failing' && !isHeld(health.lastError.code) && <div className={part.problem}><IconAlertTriangle size={18} aria-hidden /><span>{w.books.lastError}: <bdi dir="auto">{health.lastError.text}</bdi> <span className="small">({health.lastError.code}, <Age at={health.lastError.at} />)</span></span></div>}
      {health.stale && <Note tone="warn"><p>{t.stale}</p></Note>}
      <Counts health={health} />
      <div className={part.actions}>
        <Button size="xs" variant="light" leftSection={<IconRefresh size={15} aria-hidden />} loading={sync.isPending} disabled={health.state === 'syncing'} onClick={() => sync.mutate()}>{t.sync}{whose}</Button>
        <Button size="xs" variant="default" onClick={() => setOpen('edit')}>{t.settings}{whose}</Button>
        <Button size="xs" variant="subtle" color="red" onClick={() => setOpen('remove')}>{t.remove}{whose}</Button>
      </div>
      <ProblemNote error={sync.error} />
      {open === 'edit' && <EditCalendar calendar={calendar} onDone={refreshCalendars} onClose={() => setOpen(null)} />}
      {open === 'remove' && <Confirm title={t.remove} text={t.removeAsk(calendar.name)} action={t.remove} run={() => api.calendars.remove(calendar.id)} onDone={refreshCalendars} onClose={() => setOpen(null)} />}
    </Panel>
  );
};
