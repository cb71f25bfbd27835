/** The page of one address book: its health, its settings, where its codes are kept, its files. */
import { Anchor, Button } from '@mantine/core';
import { IconArrowLeft, IconListCheck, IconRefresh, IconSettings } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../../api.js';
import { Panel, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { CarrierPanel } from '../carrier/panel.js';
import { FilesPanel } from '../files/panel.js';
import { EditSource } from '../sources/edit.js';
import { Lost, Pending, Skipped } from './care.js';
import { useSync } from './card.js';
import { Counts, Progress, refreshBooks, State, Trouble } from './health.js';
import { PlanPanel, usePlan } from './plan.js';
import { useBooks, useIsMine } from './use-books.js';
import { isSynced, sourceWords } from './words.js';

const t = w.books;

const Actions = ({ book, plan }: { book: AddressBook; plan: ReturnType<typeof usePlan> }) => {
  const navigate = useNavigate();
  const sync = useSync(book);
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const busy = book.health.state === 'syncing';
  return (
    <>
      <div className={part.actions}>
        {isSynced(book) && <>
          <Button size="xs" variant="light" leftSection={<IconRefresh size={15} aria-hidden />} loading={sync.isPending} disabled={busy} onClick={() => sync.mutate()}>{t.sync}</Button>
          <Button size="xs" variant="default" leftSection={<IconListCheck size={15} aria-hidden />} loading={plan.ask.isPending} disabled={busy} onClick={() => plan.ask.mutate()}>{t.plan.open}</Button>
        </>}
        <Button size="xs" variant="default" leftSection={<IconSettings size={15} aria-hidden />} onClick={() => setOpen('edit')}>{t.settings}</Button>
        <Button size="xs" variant="subtle" color="red" onClick={() => setOpen('remove')}>{t.remove}</Button>
        <span role="status" className="dim small">{(sync.isSuccess || plan.run.isSuccess) && busy ? t.syncing : ''}</span>
      </div>
      <ProblemNote error={sync.error} />
      {open === 'edit' && <EditSource book={book} onClose={() => setOpen(null)} />}
      {open === 'remove' && <Confirm title={t.remove} text={isSynced(book) ? t.removeAsk(book.name) : t.removeAskFile(book.name)} action={t.remove} run={() => api.books.remove(book.id)} onDone={() => { refreshBooks(); void navigate('/books'); }} onClose={() => setOpen(null)} />}
    </>
  );
};

const Page = ({ book }: { book: AddressBook }) => {
  const mine = useIsMine(book);
  const plan = usePlan(book);
  return (
    <div className={css.stack}>
      <Panel className={part.stack} label={book.name}>
        <span className="dim small">{sourceWords(book)} · {book.shared ? t.sharedYes : t.sharedNo}</span>
        <State book={book} inside />
        <Progress book={book} />
        <Trouble book={book} mine={mine} />
        <Counts book={book} />
        {mine && <Actions book={book} plan={plan} />}
      </Panel>
      <PlanPanel book={book} {...plan} />
      <Pending book={book} />
      <Lost book={book} mine={mine} />
      <Skipped book={book} />
      {mine && <CarrierPanel book={book} />}
      {mine && book.kind !== 'ldap' && <FilesPanel book={book} />}
    </div>
  );
};

export const BookRoom = () => {
  const { id } = useParams();
  const books = useBooks();
  const book = books.data?.items.find((each) => each.id === id);
  return (
    <Room title={book?.name ?? t.title}>
      <p style={{ margin: '-0.5rem 0 0.75rem' }}><Anchor component={Link} to="/books" size="sm"><IconArrowLeft size={14} aria-hidden /> {t.back}</Anchor></p>
      <ProblemNote error={books.error} retry={() => void books.refetch()} />
      {books.isPending ? <Waiting /> : book ? <Page key={book.id} book={book} /> : !books.error && <p className="dim">{t.missing}</p>}
    </Room>
  );
};
