/** First start: the link with a one-time token makes the administrator's account. */
import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError, isProblem } from '../../lib/problem.js';
import { ProblemNote } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from './account.module.css';
import { Door } from './sign-in.js';

const t = w.shell.setUp;
const SHOWN = ['name', 'email', 'password'] as const;

export const SetUp = () => {
  const token = decodeURIComponent(useLocation().hash.replace(/^#(token=)?/, ''));
  const navigate = useNavigate();
  const [form, setForm] = useState({ name: '', email: '', password: '' });
  const make = useMutation({
    mutationFn: () => api.account.setUp({ token, ...form }),
    onSuccess: async () => { await queries.resetQueries({ queryKey: keys.me }); await navigate('/', { replace: true }); },
  });
  const used = isProblem(make.error, 'setup.done', 'setup.refused') || fieldError(make.error, 'token') !== undefined;
  const field = (key: typeof SHOWN[number]) => ({ required: true, withAsterisk: false, value: form[key], error: fieldError(make.error, key), onChange: (e: { currentTarget: { value: string } }) => setForm({ ...form, [key]: e.currentTarget.value }) });
  const submit = (event: FormEvent) => { event.preventDefault(); make.mutate(); };
  if (!token) return <Door title={t.title}><ProblemNote error={new Error(t.noToken)} /><p><Anchor component={Link} to="/signin">{t.toSignIn}</Anchor></p></Door>;
  return (
    <Door title={t.title}>
      <p className="dim">{t.lead}</p>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={t.name} autoComplete="name" autoFocus {...field('name')} />
        <TextInput label={w.shell.signIn.email} type="email" autoComplete="username" {...field('email')} />
        <PasswordInput label={w.shell.signIn.password} description={t.passwordHelp} autoComplete="new-password" {...field('password')} />
        <ProblemNote error={used ? new Error(t.used) : beyondFields(make.error, SHOWN)} />
        <Button type="submit" loading={make.isPending}>{t.submit}</Button>
        {used && <Anchor component={Link} to="/signin">{t.toSignIn}</Anchor>}
      </form>
    </Door>
  );
};
