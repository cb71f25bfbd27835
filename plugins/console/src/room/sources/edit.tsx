/** Changing how a source is reached. An empty password keeps the one that is there. */
import { Button, Switch, TextInput } from '@mantine/core';
import type { AddressBook } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { ProblemNote } from '../../part/basics.js';
import { Dialog } from '../../part/dialog.js';
import part from '../../part/part.module.css';
import { useIsAdmin } from '../../shell/session.js';
import { w } from '../../words/index.js';
import { ReachFields, SHOWN } from './fields.js';
import { changesOf, formOf } from './form.js';
import { Report } from './report.js';
import css from './sources.module.css';

const t = w.sources;

export const EditSource = ({ book, onClose }: { book: AddressBook; onClose: () => void }) => {
  const admin = useIsAdmin();
  const [form, setForm] = useState(() => formOf(book));
  const reached = book.kind === 'carddav' || book.kind === 'ldap';
  const save = useMutation({ mutationFn: () => api.books.patch(book.id, changesOf(form, book)), onSuccess: () => { void queries.invalidateQueries({ queryKey: keys.books }); void queries.invalidateQueries({ queryKey: keys.contacts }); onClose(); } });
  const test = useMutation({ mutationFn: () => { const { name: _, shared: __, ...changes } = changesOf(form, book); return api.books.test({ bookId: book.id, ...(Object.keys(changes).length ? { changes } : {}) }); } });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  const changed = Object.keys(changesOf(form, book)).length > 0;
  return (
    <Dialog onClose={onClose} title={t.titleEdit(book.name)} size="lg" typing>
      <form onSubmit={submit} className={css.fields}>
        <TextInput label={t.name} data-autofocus required withAsterisk={false} maxLength={80} value={form.name} error={fieldError(save.error, 'name')} onChange={(e) => setForm({ ...form, name: e.currentTarget.value })} />
        {reached && <ReachFields form={form} error={save.error ?? test.error} keeps onChange={setForm} />}
        {admin && <Switch label={t.shared} description={t.sharedHelp} checked={form.shared} onChange={(e) => setForm({ ...form, shared: e.currentTarget.checked })} />}
        <ProblemNote error={beyondFields(save.error, SHOWN)} />
        <ProblemNote error={beyondFields(test.error, SHOWN)} />
        <div className={part.actions}>
          <Button type="submit" disabled={!changed} loading={save.isPending}>{t.save}</Button>
          {reached && <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>{test.data ? t.testAgain : t.test}</Button>}
          <span role="status" className="dim small">{test.isPending ? t.testing : reached && changed && !test.data ? t.unsavedTest : ''}</span>
        </div>
        {test.data && <div role="status"><Report report={test.data} /></div>}
      </form>
    </Dialog>
  );
};
