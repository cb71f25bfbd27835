import { Button, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { ProblemNote } from '../../part/basics.js';
import { useIsAdmin } from '../../shell/session.js';
import { Dialog } from '../../part/dialog.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { CarrierFields, DEFAULT_CARRIER } from './carrier.js';

const t = w.books;
const SHOWN = ['name', 'url', 'username', 'password', 'carrier', 'carrier.field', 'carrier.pattern'];

export const NewBook = ({ onClose }: { onClose: () => void }) => {
  const admin = useIsAdmin();
  const [form, setForm] = useState({ name: '', url: '', username: '', password: '', shared: admin });
  const [carrier, setCarrier] = useState(DEFAULT_CARRIER);
  const { shared, ...rest } = form;
  const create = useMutation({ mutationFn: () => api.books.create({ kind: 'carddav', ...rest, carrier, ...(shared ? { shared } : {}) }), onSuccess: () => { void queries.invalidateQueries({ queryKey: keys.books }); onClose(); } });
  const field = (key: 'name' | 'url' | 'username' | 'password') => ({ required: true, withAsterisk: false, value: form[key], error: fieldError(create.error, key), onChange: (e: { currentTarget: { value: string } }) => setForm({ ...form, [key]: e.currentTarget.value }) });
  const submit = (event: FormEvent) => { event.preventDefault(); create.mutate(); };
  return (
    <Dialog onClose={onClose} title={t.add}>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={t.name} data-autofocus maxLength={80} {...field('name')} />
        <TextInput label={t.url} description={t.urlHelp} type="url" inputMode="url" {...field('url')} />
        <TextInput label={t.username} {...field('username')} />
        <PasswordInput label={t.password} description={t.passwordHelp} autoComplete="off" {...field('password')} />
        <CarrierFields carrier={carrier} path="carrier" error={create.error} onChange={setCarrier} />
        {admin && <Switch label={t.shared} description={t.sharedHelp} checked={shared} onChange={(e) => setForm({ ...form, shared: e.currentTarget.checked })} />}
        <ProblemNote error={beyondFields(create.error, SHOWN)} />
        <Button type="submit" loading={create.isPending}>{t.create}</Button>
      </form>
    </Dialog>
  );
};
