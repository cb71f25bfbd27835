/** One's own status, always in reach: a press sets it, with an end if wanted. */
import { Anchor, Button, Popover, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { Status } from '@ringbook/contracts/profile';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, keys, queries } from '../api.js';
import { serverNow } from '../lib/clock.js';
import { instantToLocal, localToInstant, showMoment } from '../lib/when.js';
import { usePresence } from '../live/store.js';
import { ProblemNote, WhyList } from '../part/basics.js';
import { w } from '../words/index.js';
import { useMe } from './session.js';
import css from './shell.module.css';

type Own = Exclude<Status, 'onCall'>;
const OWN: Own[] = ['available', 'meeting', 'away', 'outOfOffice', 'dnd'];
const MINUTES = [30, 60, 120];
const t = w.shell.status;

const useStatus = () => {
  const me = useMe();
  const live = usePresence(me.id);
  const asked = useQuery({ queryKey: keys.status(me.id), queryFn: () => api.users.status(me.id) });
  const set = useMutation({
    mutationFn: (body: { status: Own; until: string | null }) => api.users.setStatus(me.id, body),
    onSuccess: (answer) => { if (answer) queries.setQueryData(keys.status(me.id), answer); },
  });
  return { now: asked.data ?? live, set };
};

const Untils = ({ until, onPick }: { until: string | null; onPick: (until: string | null) => void }) => {
  const [own, setOwn] = useState(false);
  const minutes = (n: number) => new Date(serverNow() + n * 60_000).toISOString();
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <legend className="small dim" style={{ padding: '0.5rem 0 0.35rem' }}>{t.until}</legend>
      <div className={css.untils}>
        <Button size="compact-sm" variant={until === null && !own ? 'light' : 'default'} aria-pressed={until === null} onClick={() => { setOwn(false); onPick(null); }}>{t.untilNone}</Button>
        {MINUTES.map((n) => <Button key={n} size="compact-sm" variant="default" onClick={() => { setOwn(false); onPick(minutes(n)); }}>{t.untilMinutes(n)}</Button>)}
        <Button size="compact-sm" variant={own ? 'light' : 'default'} aria-expanded={own} onClick={() => setOwn(!own)}>{t.untilTime}</Button>
      </div>
      {own && <TextInput mt="xs" type="datetime-local" aria-label={t.until} defaultValue={instantToLocal(serverNow() + 3_600_000)} min={instantToLocal(serverNow())}
        onBlur={(e) => onPick(localToInstant(e.currentTarget.value) ?? null)} onKeyDown={(e) => { if (e.key === 'Enter') onPick(localToInstant(e.currentTarget.value) ?? null); }} />}
    </fieldset>
  );
};

export const StatusSwitch = () => {
  const { now, set } = useStatus();
  const [picked, setPicked] = useState<Own>();
  const status = now?.status ?? 'available';
  const until = now?.until ?? null;
  const words = `${w.status[status]}${until ? `, ${t.untilAt(showMoment(until, Date.now()))}` : ''}`;
  const stale = now !== undefined && 'stale' in now && now.stale === true;
  const own = picked ?? OWN.find((each) => each === status);
  // What a calendar says is contradicted for a time: without an end, being available is no claim about meetings.
  const byCalendar = now?.because.some((because) => because.fact === 'event') ?? false;
  return (
    <Popover position="bottom-end" onClose={() => setPicked(undefined)} width={310} trapFocus returnFocus withRoles={false}>
      <Popover.Target>
        <button type="button" id="status-switch" className={css.status} aria-haspopup="dialog" aria-label={t.label(stale ? `${words}, ${t.staleShort}` : words)} aria-keyshortcuts="s">
          <span className={`${css.dot} ${css[`status-${status}`]}`} aria-hidden /><span className={css.words}>{words}</span>{stale && <IconAlertTriangle size={15} aria-hidden className={css.stale} />}<IconChevronDown size={15} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t.title}>
        {stale && <p className="small" style={{ marginTop: 0, color: 'var(--warn)' }}>{t.stale} <Anchor component={Link} inherit underline="always" to="/calendars">{t.toCalendars}</Anchor></p>}
        {status === 'onCall' && <p className="small dim" style={{ marginTop: 0 }}>{t.onCall}</p>}
        <div className={css.choices} role="group" aria-label={t.title}>
          {OWN.map((each) => (
            <button key={each} type="button" className={css.choice} aria-pressed={each === status} aria-busy={set.isPending} onClick={() => { if (set.isPending) return; setPicked(each); set.mutate({ status: each, until: null }); }}>
              <span className={`${css.dot} ${css[`status-${each}`]}`} aria-hidden />{w.status[each]}{each === status && <IconCheck size={16} aria-hidden />}
            </button>
          ))}
        </div>
        {picked === 'available' && byCalendar && <p className="small" style={{ margin: '0.5rem 0 0' }} role="status">{t.calendarSays}</p>}
        {own && (own !== 'available' || byCalendar) && <Untils key={own} until={until} onPick={(next) => set.mutate({ status: own, until: next })} />}
        <div className="hidden" role="status">{set.isSuccess ? t.set(words) : ''}</div>
        <ProblemNote error={set.error} />
        {now && now.because.length > 0 && <><p className="small dim" style={{ margin: '0.75rem 0 0.35rem' }}>{t.why}</p><WhyList because={now.because} /></>}
      </Popover.Dropdown>
    </Popover>
  );
};
