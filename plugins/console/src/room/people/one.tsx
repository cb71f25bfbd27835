/** One person: account, numbers, telephones. */
import { Anchor, Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import type { Me, User } from '@ringbook/contracts/account';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { zones } from '../../lib/zones.js';
import { Panel, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import part from '../../part/part.module.css';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { DeviceList, Numbers } from './lines.js';
import { roles } from './room.js';

const t = w.people;
const SHOWN = ['name', 'email', 'password', 'role', 'zone'];

const Account = ({ user }: { user: Me }) => {
  const [form, setForm] = useState({ name: user.name, email: user.email, role: user.role, zone: user.zone, password: '' });
  const save = useMutation({
    mutationFn: () => { const { password, ...rest } = form; return api.users.patch(user.id, password ? form : rest); },
    onSuccess: async () => { setForm((old) => ({ ...old, password: '' })); await queries.invalidateQueries({ queryKey: keys.users }); await queries.invalidateQueries({ queryKey: keys.me }); },
  });
  const field = (key: 'name' | 'email' | 'password') => ({ value: form[key], error: fieldError(save.error, key), onChange: (e: { currentTarget: { value: string } }) => { setForm({ ...form, [key]: e.currentTarget.value }); if (save.isSuccess) save.reset(); } });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <Panel>
      <h2>{t.account}</h2>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={t.name} maxLength={80} {...field('name')} />
        <TextInput label={t.email} type="email" {...field('email')} />
        <Select label={t.role} data={roles()} value={form.role} error={fieldError(save.error, 'role')} onChange={(role) => setForm({ ...form, role: role as User['role'] })} />
        <Select label={t.zone} searchable limit={60} data={zones(form.zone)} value={form.zone} error={fieldError(save.error, 'zone')} onChange={(zone) => setForm({ ...form, zone: zone ?? user.zone })} />
        <PasswordInput label={t.newPassword} description={t.passwordKeep} autoComplete="new-password" {...field('password')} />
        <ProblemNote error={beyondFields(save.error, SHOWN)} />
        <div className={part.actions}><Button type="submit" loading={save.isPending}>{w.save}</Button><span role="status" className="dim">{save.isSuccess ? t.saved : ''}</span></div>
      </form>
    </Panel>
  );
};

export const PersonRoom = () => {
  const { id = '' } = useParams();
  const me = useMe();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const user = useQuery({ queryKey: keys.user(id), queryFn: () => api.users.get(id) });
  const gone = async () => {
    await navigate('/people', { replace: true });
    await queries.invalidateQueries({ queryKey: keys.users, predicate: (query) => query.queryKey[1] !== id });
  };
  return (
    <Room title={user.data?.name ?? t.title}>
      <div className={css.stack}>
        <div className={part.actions}>
          <Button component={Link} to="/people" variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={16} aria-hidden />}>{t.back}</Button>
          {user.data && <Anchor component={Link} size="sm" to={`/rules?user=${id}`}>{t.rules}</Anchor>}
        </div>
        {!user.data ? (user.error ? <ProblemNote error={user.error} retry={() => void user.refetch()} /> : <Waiting />) : (
          <>
            <Numbers userId={id} numbers={user.data.numbers} />
            <DeviceList userId={id} devices={user.data.devices} />
            <Account key={id} user={user.data} />
            {id !== me.id && <div><Button variant="light" color="red" onClick={() => setAsked(true)}>{t.remove}</Button></div>}
            {asked && <Confirm title={t.remove} text={t.removeAsk(user.data.name)} action={t.remove} run={() => api.users.remove(id)} onDone={() => void gone()} onClose={() => setAsked(false)} />}
          </>
        )}
      </div>
    </Room>
  );
};
