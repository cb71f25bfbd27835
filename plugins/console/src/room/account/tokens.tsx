import { Button, CopyButton, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react';
import type { Token } from '@ringbook/contracts/account';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { showDate } from '../../lib/when.js';
import { Age, Empty, Panel, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import { Dialog } from '../../part/dialog.js';
import { w } from '../../words/index.js';
import css from './account.module.css';

const t = w.shell.tokens;
const refresh = () => queries.invalidateQueries({ queryKey: keys.tokens });

const Once = ({ token, onClose }: { token: string; onClose: () => void }) => (
  <Dialog onClose={onClose} title={t.token} size="lg" dismissable={false}>
    <p>{t.once}</p>
    <div className={css.token}>
      <code data-testid="token">{token}</code>
      <CopyButton value={token}>{({ copied, copy }) => <Button data-autofocus leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />} onClick={copy}>{copied ? w.copied : w.copy}</Button>}</CopyButton>
    </div>
    <Button mt="md" variant="default" onClick={onClose}>{w.close}</Button>
  </Dialog>
);

const Create = () => {
  const [name, setName] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const create = useMutation({ mutationFn: () => api.account.createToken({ name }), onSuccess: (answer) => { setMade(answer.token); setName(''); void refresh(); } });
  const submit = (event: FormEvent) => { event.preventDefault(); create.mutate(); };
  return (
    <Panel>
      <form onSubmit={submit} className={css.form}>
        <TextInput label={t.name} placeholder={t.namePlaceholder} required withAsterisk={false} maxLength={80} value={name} error={fieldError(create.error, 'name')} onChange={(e) => setName(e.currentTarget.value)} />
        <ProblemNote error={beyondFields(create.error, ['name'])} />
        <div><Button type="submit" loading={create.isPending}>{t.create}</Button></div>
      </form>
      {made && <Once token={made} onClose={() => setMade(null)} />}
    </Panel>
  );
};

const Row = ({ token, onRevoke }: { token: Token; onRevoke: () => void }) => (
  <li>
    <IconKey size={18} aria-hidden />
    <div className={css.grow}><bdi dir="auto">{token.name}</bdi><div className="dim small">{t.created} {showDate(token.createdAt)} · {t.lastUsed} {token.lastUsedAt ? <Age at={token.lastUsedAt} /> : t.never}</div></div>
    <Button size="xs" variant="light" color="red" onClick={onRevoke}>{t.revoke}<span className="hidden">: {token.name}</span></Button>
  </li>
);

export const TokensRoom = () => {
  const list = useQuery({ queryKey: keys.tokens, queryFn: api.account.tokens });
  const [asked, setAsked] = useState<Token | null>(null);
  return (
    <Room title={t.title}>
      <div className={css.stack}>
        <p className="dim" style={{ margin: 0 }}>{t.lead}</p>
        <Create />
        <ProblemNote error={list.error} retry={() => void list.refetch()} />
        {list.isPending ? <Waiting /> : list.data?.items.length === 0 ? <Empty icon={<IconKey size={36} stroke={1.5} />} title={t.empty} />
          : <Panel><ul className={css.list} aria-label={t.title}>{list.data?.items.map((token) => <Row key={token.id} token={token} onRevoke={() => setAsked(token)} />)}</ul></Panel>}
      </div>
      {asked && <Confirm title={t.revoke} text={t.revokeAsk(asked.name)} action={t.revoke} run={() => api.account.revokeToken(asked.id)} onDone={() => void refresh()} onClose={() => setAsked(null)} />}
    </Room>
  );
};
