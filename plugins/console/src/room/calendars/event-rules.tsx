/** Rules from events to status: first match wins. And the addresses under which one is invited. */
import { ActionIcon, Button, Select, TagsInput, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { Calendar, CalendarRule, CalendarRules } from '@ringbook/contracts/calendar';
import { ProblemError } from '@ringbook/contracts/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { unsent } from '../../lib/unsent.js';
import { Panel, ProblemNote, Waiting } from '../../part/basics.js';
import part from '../../part/part.module.css';
import { SaveBar } from '../../part/save-bar.js';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import { placesOf } from '../rules/draft.js';
import { LeaveGuard } from '../rules/guards.js';
import css from './calendars.module.css';
import { eventWords, ruleWords, tidyEventRule } from './rule-words.js';

const t = w.calendars.rules;
const STATUSES = ['meeting', 'away', 'outOfOffice', 'dnd'] as const;
const NOTHING = 'nothing';
type When = CalendarRule['when'];
type Own = NonNullable<CalendarRule['status']>;
const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));
const three = (value: boolean | undefined) => (value === undefined ? 'any' : value ? 'yes' : 'no');
const unthree = (value: string | null) => (value === 'yes' ? true : value === 'no' ? false : undefined);

interface EditorProps { rule: CalendarRule; index: number; calendars: Calendar[]; error: unknown; onChange: (rule: CalendarRule) => void }
const Editor = ({ rule, index, calendars, error, onChange }: EditorProps) => {
  const set = (patch: Partial<When>) => onChange({ ...rule, when: Object.fromEntries(Object.entries({ ...rule.when, ...patch }).filter(([, value]) => value !== undefined)) as When });
  const wrong = (key: string) => fieldError(error, `rules.${index}.when.${key}`);
  const { when } = rule;
  const typed = (value: string) => (value === '' ? undefined : value);
  return (
    <div className={css.editor}>
      <TextInput label={t.word} maxLength={60} value={when.word ?? ''} error={wrong('word')} onChange={(e) => set({ word: typed(e.currentTarget.value) })} />
      <TextInput label={t.category} maxLength={60} value={when.category ?? ''} error={wrong('category')} onChange={(e) => set({ category: typed(e.currentTarget.value) })} />
      <Select label={t.allDay} data={options(t.allDays)} value={three(when.allDay)} onChange={(value) => set({ allDay: unthree(value) })} />
      <Select label={t.attendees} data={options(t.attendeesAre)} value={three(when.attendees)} onChange={(value) => set({ attendees: unthree(value) })} />
      <Select label={t.busy} data={[{ value: 'any', label: t.busyAny }, ...options(w.calendars.agenda.busy)]} value={when.busy ?? 'any'} onChange={(value) => set({ busy: value === 'any' ? undefined : value as When['busy'] })} />
      <Select label={t.calendar} data={[{ value: 'any', label: t.calendarAny }, ...calendars.map(({ id, name }) => ({ value: id, label: name }))]} value={when.calendar ?? 'any'} error={wrong('calendar')} onChange={(value) => set({ calendar: value === 'any' ? undefined : value ?? undefined })} />
    </div>
  );
};

interface ItemProps extends EditorProps { count: number; names: Record<string, string>; open: boolean; onToggle: () => void; onMove: (by: 1 | -1) => void; onRemove: () => void }
const Item = (props: ItemProps) => {
  const { rule, index, count, names, open, onToggle, onMove, onRemove, onChange } = props;
  return (
    <li className={css.rule}>
      <div className={css.summary}>
        <span className={css.words}><bdi dir="auto">{eventWords(rule, names)}</bdi> <span className="dim">{t.status}</span></span>
        <Select size="xs" w={160} aria-label={ruleWords(rule, names)} data={[...STATUSES.map((value) => ({ value, label: w.status[value] })), { value: NOTHING, label: w.calendars.agenda.nothing }]} value={rule.status ?? NOTHING} onChange={(value) => onChange({ ...rule, status: value === NOTHING ? null : value as Own })} />
        <span className={css.tools}>
          <ActionIcon disabled={index === 0} aria-label={t.up(index + 1)} onClick={() => onMove(-1)}><IconArrowUp size={17} /></ActionIcon>
          <ActionIcon disabled={index === count - 1} aria-label={t.down(index + 1)} onClick={() => onMove(1)}><IconArrowDown size={17} /></ActionIcon>
          <ActionIcon aria-label={t.remove(index + 1)} onClick={onRemove}><IconTrash size={17} /></ActionIcon>
          <Button size="xs" variant={open ? 'light' : 'default'} aria-expanded={open} onClick={onToggle}>{open ? w.rules.done : w.edit}<span className="hidden">: {t.edit(index + 1)}</span></Button>
        </span>
      </div>
      {open && <Editor {...props} />}
    </li>
  );
};

const useDraft = (userId: string) => {
  const asked = useQuery({ queryKey: keys.calendarRules(userId), queryFn: () => api.calendars.rules(userId), refetchOnWindowFocus: false });
  const [draft, setDraft] = useState<CalendarRules | null>(null);
  const save = useMutation({
    mutationFn: (body: CalendarRules) => api.calendars.saveRules(userId, { ...body, rules: body.rules.map(tidyEventRule) }),
    onSuccess: (kept, sent) => { queries.setQueryData(keys.calendarRules(userId), kept); setDraft((now) => unsent(now, sent)); for (const key of [keys.calendars, keys.status(userId)]) void queries.invalidateQueries({ queryKey: key }); },
  });
  const kept = asked.data;
  return { asked, value: draft ?? kept, save, dirty: draft !== null && JSON.stringify(draft) !== JSON.stringify(kept), change: (next: CalendarRules) => { if (save.isSuccess) save.reset(); setDraft(next); }, discard: () => { setDraft(null); save.reset(); } };
};

const List = ({ value, calendars, error, change }: { value: CalendarRules; calendars: Calendar[]; error: unknown; change: (value: CalendarRules) => void }) => {
  const [open, setOpen] = useState<number | null>(null);
  const names = Object.fromEntries(calendars.map(({ id, name }) => [id, name]));
  const { rules } = value;
  // A rule with something wrong shows where.
  const [wrong] = placesOf(error instanceof ProblemError ? Object.keys(error.fields) : []);
  useEffect(() => { if (typeof wrong === 'number') setOpen(wrong); }, [error]); // oxlint-disable-line react-hooks/exhaustive-deps
  const put = (next: CalendarRule[]) => change({ ...value, rules: next });
  const move = (from: number, by: 1 | -1) => { put(rules.toSpliced(from, 1).toSpliced(from + by, 0, rules[from]!)); if (open === from) setOpen(from + by); else if (open === from + by) setOpen(from); };
  return (
    <>
      {rules.length === 0 ? <p className="dim" style={{ margin: 0 }}>{t.empty}</p> : (
        <ol className={css.rules} aria-label={t.list}>
          {rules.map((rule, i) => (
            <Item key={i} rule={rule} index={i} count={rules.length} names={names} calendars={calendars} error={error} open={open === i} onToggle={() => setOpen(open === i ? null : i)} onMove={(by) => move(i, by)}
              onRemove={() => { put(rules.toSpliced(i, 1)); setOpen(null); }} onChange={(next) => put(rules.with(i, next))} />
          ))}
        </ol>
      )}
      <div><Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} disabled={rules.length >= 50} onClick={() => { put([...rules, { when: {}, status: 'meeting' }]); setOpen(rules.length); }}>{t.add}</Button></div>
    </>
  );
};

/** What stands at its field is only counted here. */
const SHOWN = /^(?:rules\.\d+\.when\.(?:word|category|calendar)|addresses(?:\.\d+)?)$/;
const noteOf = (error: unknown): unknown => {
  if (!(error instanceof ProblemError)) return error;
  const shown = Object.keys(error.fields).filter((path) => SHOWN.test(path));
  return shown.length > 0 && beyondFields(error, shown) === null ? new Error(w.rules.invalid(shown.length)) : error;
};

export const EventRules = ({ calendars }: { calendars: Calendar[] }) => {
  const me = useMe();
  const { asked, value, save, dirty, change, discard } = useDraft(me.id);
  return (
    <Panel className={part.stack} label={t.title}>
      <h2 style={{ margin: 0 }}>{t.title}</h2>
      <p className="dim small" style={{ margin: 0 }}>{t.lead}</p>
      <ProblemNote error={asked.error} retry={() => void asked.refetch()} />
      {!value ? !asked.error && <Waiting /> : (
        <>
          <List value={value} calendars={calendars} error={save.error} change={change} />
          <TagsInput label={t.addresses} description={t.addressesHelp} maxTags={20} acceptValueOnBlur splitChars={[',', ' ', ';']} value={value.addresses} error={value.addresses.map((_, i) => fieldError(save.error, `addresses.${i}`)).find(Boolean) ?? fieldError(save.error, 'addresses')} onChange={(addresses) => change({ ...value, addresses })} />
          <ProblemNote error={noteOf(save.error)} />
          <SaveBar dirty={dirty} saved={save.isSuccess} saving={save.isPending} words={t} onSave={() => save.mutate(value)} onDiscard={discard} />
        </>
      )}
      <LeaveGuard dirty={dirty} />
    </Panel>
  );
};
