/** Changing how a calendar is reached. An empty password keeps the one that is there. */
import { Button, TextInput } from '@mantine/core';
import type { Calendar } from '@ringbook/contracts/calendar';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { ProblemNote } from '../../part/basics.js';
import { Dialog } from '../../part/dialog.js';
import { w } from '../../words/index.js';
import { DavFields, SHOWN } from '../sources/fields.js';
import { calendarChangesOf, calendarFormOf } from '../sources/form.js';
import css from '../sources/sources.module.css';

const t = w.sources;

export const EditCalendar = ({ calendar, onDone, onClose }: { calendar: Calendar; onDone: () => void; onClose: () => void }) => {
  const [form, setForm] = useState(() => calendarFormOf(calendar));
  const changes = calendarChangesOf(form, calendar);
  const save = useMutation({ mutationFn: () => api.calendars.patch(calendar.id, changes), onSuccess: () => { onDone(); onClose(); } });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <Dialog title={t.titleEdit(calendar.name)} size="lg" typing onClose={onClose}>
      <form onSubmit={submit} className={css.fields}>
        <TextInput label={t.name} data-autofocus required withAsterisk={false} maxLength={80} value={form.name} error={fieldError(save.error, 'name')} onChange={(e) => setForm({ ...form, name: e.currentTarget.value })} />
        <DavFields form={form} error={save.error} keeps calendar onChange={setForm} />
        <ProblemNote error={beyondFields(save.error, SHOWN)} />
        <div><Button type="submit" disabled={Object.keys(changes).length === 0} loading={save.isPending}>{w.save}</Button></div>
      </form>
    </Dialog>
  );
};
