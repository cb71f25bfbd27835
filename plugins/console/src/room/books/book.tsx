/** One address book: how it is doing, in plain words. */
import { Button } from '@mantine/core';
import { IconCheck, IconClock, IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { useNow } from '../../lib/clock.js';
import { showCount } from '../../lib/when.js';
import { Age, Panel, ProblemNote } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import { Name } from '../../part/name.js';
import part from '../../part/part.module.css';
import { useIsAdmin, useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import account from '../account/account.module.css';
import css from './books.module.css';
import { CarrierFields, carrierWords } from './carrier.js';

const t = w.books;
const ICON = { new: IconClock, ok: IconCheck, syncing: IconRefresh, failing: IconAlertTriangle };
const refresh = () => queries.invalidateQueries({ queryKey: keys.books });
const host = (url: string) => { try { return new URL(url).host; } catch { return url; } };

const State = ({ health }: Pick<AddressBook, 'health'>) => {
  const Icon = ICON[health.state];
  return <p className={`${css.state} ${css[health.state]}`}><Icon size={17} aria-hidden /><span><strong>{t.state[health.state]}.</strong> {health.state === 'failing' && health.lastSuccess === null ? t.neverRead : t.stateHelp[health.state]}</span></p>;
};

const Trouble = ({ book, onSync }: { book: AddressBook; onSync: (acceptEmpty: boolean) => void }) => {
  const { lastError, state } = book.health;
  if (!lastError || state !== 'failing') return null;
  const emptied = /empt(y|ied)/i.test(lastError.code);
  return (
    <div className={part.problem}>
      <IconAlertTriangle size={18} aria-hidden />
      <span>{t.lastError}: <bdi dir="auto">{emptied ? t.emptied : lastError.text}</bdi> <span className="small">({lastError.code}, <Age at={lastError.at} />)</span>{emptied && <> <Button size="compact-sm" variant="outline" color="red" onClick={() => onSync(true)}>{t.acceptEmpty}</Button></>}</span>
    </div>
  );
};

const Counts = ({ health, carrier }: Pick<AddressBook, 'health' | 'carrier'>) => {
  const now = useNow();
  return (
    <dl className={css.counts}>
      <div><dt>{t.contacts}</dt><dd>{showCount(health.contacts)}</dd></div>
      <div><dt>{t.numbers}</dt><dd>{showCount(health.numbers)}</dd></div>
      <div><dt>{t.codes}</dt><dd>{showCount(health.codes)}</dd></div>
      {health.skipped > 0 && <div><dt>{t.skipped}</dt><dd>{showCount(health.skipped)}</dd></div>}
      <div><dt>{t.lastSuccess}</dt><dd>{health.lastSuccess ? <Age at={health.lastSuccess} /> : t.never}</dd></div>
      {health.nextRun && Date.parse(health.nextRun) > now && <div><dt>{t.next}</dt><dd><Age at={health.nextRun} /></dd></div>}
      <div><dt>{t.code}</dt><dd className={css.field}>{carrierWords(carrier)}</dd></div>
    </dl>
  );
};

const CarrierForm = ({ book, onClose }: { book: AddressBook; onClose: () => void }) => {
  const [carrier, setCarrier] = useState(book.carrier);
  const save = useMutation({ mutationFn: () => api.books.setCarrier(book.id, carrier), onSuccess: () => { void refresh(); onClose(); } });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <form onSubmit={submit} className={account.form}>
      <CarrierFields carrier={carrier} path="" error={save.error} onChange={setCarrier} />
      <ProblemNote error={save.error} />
      <div className={part.actions}><Button type="submit" size="xs" loading={save.isPending}>{t.saveCarrier}</Button><Button size="xs" variant="default" onClick={onClose}>{w.cancel}</Button></div>
    </form>
  );
};

export const BookCard = ({ book }: { book: AddressBook }) => {
  const me = useMe();
  const mine = useIsAdmin() || book.ownerId === me.id;
  const [asked, setAsked] = useState(false);
  const [editing, setEditing] = useState(false);
  const sync = useMutation({ mutationFn: (acceptEmpty: boolean) => api.books.sync(book.id, acceptEmpty ? { acceptEmpty } : {}), onSuccess: () => void refresh() });
  const whose = <span className="hidden">: {book.name}</span>;
  return (
    <Panel className={css.book} label={book.name}>
      <div className={part.title} style={{ marginBottom: 0 }}>
        <h2><Name>{book.name}</Name></h2>
        <span className="dim small">{book.kind === 'practice' ? t.practice : t.account(book.username, host(book.url))} · {book.shared ? t.sharedYes : t.sharedNo}</span>
      </div>
      <State health={book.health} />
      <Trouble book={book} onSync={(empty) => sync.mutate(empty)} />
      <Counts health={book.health} carrier={book.carrier} />
      {editing && <CarrierForm book={book} onClose={() => setEditing(false)} />}
      {mine && <div className={part.actions}>
        <Button size="xs" variant="light" leftSection={<IconRefresh size={15} aria-hidden />} loading={sync.isPending} disabled={book.health.state === 'syncing'} onClick={() => sync.mutate(false)}>{t.sync}{whose}</Button>
        {!editing && <Button size="xs" variant="default" onClick={() => setEditing(true)}>{t.carrier}{whose}</Button>}
        <Button size="xs" variant="subtle" color="red" onClick={() => setAsked(true)}>{t.remove}{whose}</Button>
        <span role="status" className="dim small">{sync.isSuccess && book.health.state === 'syncing' ? t.syncing : ''}</span>
      </div>}
      <ProblemNote error={sync.error} />
      {asked && <Confirm title={t.remove} text={t.removeAsk(book.name)} action={t.remove} run={() => api.books.remove(book.id)} onDone={() => { void refresh(); void queries.invalidateQueries({ queryKey: keys.contacts }); }} onClose={() => setAsked(false)} />}
    </Panel>
  );
};
