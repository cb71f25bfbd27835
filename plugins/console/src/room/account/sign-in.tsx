import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError, isStatus } from '../../lib/problem.js';
import { ProblemNote } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from './account.module.css';

/** Frame of the pages that are shown before sign-in. */
export const Door = ({ title, children }: { title: string; children: ReactNode }) => {
  useEffect(() => { document.title = `${title} · ${w.product}`; }, [title]);
  return (
    <main className={css.door}>
      <img src="/ringbook.svg" alt="" width={44} height={44} />
      <h1>{title}</h1>
      {children}
    </main>
  );
};

/** Only addresses of this page: a link must not lead a signed-in user elsewhere. */
const safe = (then: string | null) => (then && /^\/(?![/\\])/.test(then) ? then : '/');

export const SignIn = () => {
  const t = w.shell.signIn;
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [form, setForm] = useState({ email: '', password: '' });
  const enter = useMutation({
    mutationFn: () => api.account.signIn(form),
    onSuccess: async () => { await queries.resetQueries({ queryKey: keys.me }); await navigate(safe(search.get('then')), { replace: true }); },
  });
  const wrong = isStatus(enter.error, 401, 403) ? new Error(t.failed) : beyondFields(enter.error, ['email', 'password']);
  const submit = (event: FormEvent) => { event.preventDefault(); enter.mutate(); };
  return (
    <Door title={t.title}>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={t.email} type="email" name="email" autoComplete="username" required withAsterisk={false} autoFocus value={form.email} error={fieldError(enter.error, 'email')} onChange={(e) => setForm({ ...form, email: e.currentTarget.value })} />
        <PasswordInput label={t.password} name="password" autoComplete="current-password" required withAsterisk={false} value={form.password} error={fieldError(enter.error, 'password')} onChange={(e) => setForm({ ...form, password: e.currentTarget.value })} />
        <ProblemNote error={wrong} />
        <Button type="submit" fullWidth loading={enter.isPending}>{t.submit}</Button>
      </form>
      <p className="dim small">{t.first}</p>
    </Door>
  );
};
