/** Your own account: name, time zone, password. What only administrators change (mail address, rights, numbers) is under People. */
import { Button, Checkbox, PasswordInput, Select, TextInput } from '@mantine/core';
import type { Me } from '@ringbook/contracts/account';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { zones } from '../../lib/zones.js';
import { Panel, ProblemNote, Room } from '../../part/basics.js';
import part from '../../part/part.module.css';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import css from './account.module.css';
import { Choices } from './choices.js';

const t = w.shell.own;
type Typed = { currentTarget: { value: string } };
const keep = (me: Me) => { queries.setQueryData(keys.me, me); };

const Save = ({ busy, done, label }: { busy: boolean; done: string; label: string }) => (
  <div className={part.actions}><Button type="submit" loading={busy}>{label}</Button><span role="status" className="dim">{done}</span></div>
);

const About = () => {
  const me = useMe();
  const [form, setForm] = useState({ name: me.name, zone: me.zone });
  const save = useMutation({ mutationFn: () => api.account.patchMe(form), onSuccess: keep });
  const change = (next: Partial<typeof form>) => { setForm({ ...form, ...next }); if (save.isSuccess) save.reset(); };
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <Panel>
      <h2>{t.about}</h2>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={w.name} autoComplete="name" required withAsterisk={false} maxLength={80} value={form.name} error={fieldError(save.error, 'name')} onChange={(e) => change({ name: e.currentTarget.value })} />
        <TextInput label={w.shell.signIn.email} description={t.emailHelp} value={me.email} readOnly />
        <Select label={w.people.zone} description={t.zoneHelp} searchable limit={60} allowDeselect={false} data={zones(form.zone)} value={form.zone} error={fieldError(save.error, 'zone')} onChange={(zone) => change({ zone: zone ?? me.zone })} />
        <ProblemNote error={beyondFields(save.error, ['name', 'zone'])} />
        <Save busy={save.isPending} done={save.isSuccess ? w.saved : ''} label={w.save} />
      </form>
    </Panel>
  );
};

const EMPTY = { current: '', next: '' };
const Password = () => {
  const me = useMe();
  const [form, setForm] = useState(EMPTY);
  const [endTokens, setEndTokens] = useState(false);
  const save = useMutation({
    mutationFn: () => api.account.patchMe({ password: { ...form, ...(endTokens ? { endTokens } : {}) } }),
    onSuccess: (answer) => { keep(answer); setForm(EMPTY); if (endTokens) void queries.invalidateQueries({ queryKey: keys.tokens }); },
  });
  const field = (key: keyof typeof EMPTY) => ({
    required: true, withAsterisk: false, value: form[key], error: fieldError(save.error, `password.${key}`),
    onChange: (e: Typed) => { setForm({ ...form, [key]: e.currentTarget.value }); if (save.isSuccess) save.reset(); },
  });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <Panel>
      <h2>{t.password}</h2>
      <form onSubmit={submit} className={css.form}>
        <input className="hidden" type="text" autoComplete="username" value={me.email} readOnly tabIndex={-1} aria-hidden />
        <PasswordInput label={t.current} autoComplete="current-password" {...field('current')} />
        <PasswordInput label={t.next} description={t.nextHelp} autoComplete="new-password" {...field('next')} />
        <Checkbox label={t.endTokens} description={t.endTokensHelp} checked={endTokens} onChange={(e) => setEndTokens(e.currentTarget.checked)} />
        <ProblemNote error={beyondFields(save.error, ['password.current', 'password.next'])} />
        <Save busy={save.isPending} done={save.isSuccess ? t.changed : ''} label={t.submit} />
      </form>
    </Panel>
  );
};

export const OwnRoom = () => <Room title={t.title}><div className={css.stack}><About /><Password /><Choices /></div></Room>;
