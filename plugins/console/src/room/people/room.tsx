/** Everybody whose calls are handled here. For administrators. */
import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import type { User } from '@ringbook/contracts/account';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { zones } from '../../lib/zones.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { Name } from '../../part/name.js';
import { More } from '../../part/split.js';
import rows from '../../part/split.module.css';
import { useIsAdmin, useMe } from '../../shell/session.js';
import { Dialog } from '../../part/dialog.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';

const t = w.people;
const SHOWN = ['name', 'email', 'password', 'role', 'zone'];
export const roles = () => [{ value: 'user', label: t.roles.user }, { value: 'admin', label: t.roles.admin }];

const NewUser = ({ onClose }: { onClose: () => void }) => {
  const navigate = useNavigate();
  const { zone } = useMe();
  const [form, setForm] = useState({ name: '', email: '', password: '', role: 'user' as User['role'], zone });
  const create = useMutation({ mutationFn: () => api.users.create(form), onSuccess: async (user) => { await queries.invalidateQueries({ queryKey: keys.users }); await navigate(`/people/${user.id}`); } });
  const field = (key: 'name' | 'email' | 'password') => ({ required: true, withAsterisk: false, value: form[key], error: fieldError(create.error, key), onChange: (e: { currentTarget: { value: string } }) => setForm({ ...form, [key]: e.currentTarget.value }) });
  const submit = (event: FormEvent) => { event.preventDefault(); create.mutate(); };
  return (
    <Dialog onClose={onClose} title={t.add}>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={t.name} data-autofocus maxLength={80} {...field('name')} />
        <TextInput label={t.email} type="email" {...field('email')} />
        <PasswordInput label={t.password} description={t.passwordHelp} autoComplete="new-password" {...field('password')} />
        <Select label={t.role} data={roles()} value={form.role} onChange={(role) => setForm({ ...form, role: role as User['role'] })} />
        <Select label={t.zone} searchable limit={60} data={zones(form.zone)} value={form.zone} error={fieldError(create.error, 'zone')} onChange={(next) => setForm({ ...form, zone: next ?? zone })} />
        <ProblemNote error={beyondFields(create.error, SHOWN)} />
        <Button type="submit" loading={create.isPending}>{t.create}</Button>
      </form>
    </Dialog>
  );
};

const Row = ({ user }: { user: User }) => (
  <li>
    <Link to={`/people/${user.id}`} className={rows.row}>
      <span className={rows.first}><Name>{user.name}</Name>{user.id === useMe().id && <span className="dim small"> ({t.you})</span>}</span>
      <span className={rows.side}>{user.role === 'admin' ? t.roles.admin : ''}</span>
      <span className={rows.second}>{user.email}</span>
    </Link>
  </li>
);

export const PeopleRoom = () => (useIsAdmin() ? <Everybody /> : <Room title={t.title}><ProblemNote error={new Error(w.problem.forbidden)} /></Room>);

const Everybody = () => {
  const [adding, setAdding] = useState(false);
  const list = useInfiniteQuery({ queryKey: [...keys.users, 'list'], initialPageParam: null as string | null, queryFn: ({ pageParam }) => api.users.list({ cursor: pageParam, limit: 50 }), getNextPageParam: (page) => page.cursor });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Room title={t.title} tools={<Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setAdding(true)}>{t.add}</Button>}>
      <div className={css.stack}>
        <p className="dim" style={{ margin: 0 }}>{t.lead}</p>
        <ProblemNote error={list.error} retry={() => void list.refetch()} />
        {list.isPending ? <Waiting /> : items.length === 0 ? <Empty icon={<IconUsers size={36} stroke={1.5} />} title={t.none} />
          : <ul className={rows.rows} aria-label={t.list}>{items.map((user) => <Row key={user.id} user={user} />)}</ul>}
        <More more={list.hasNextPage} busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
      </div>
      {adding && <NewUser onClose={() => setAdding(false)} />}
    </Room>
  );
};
