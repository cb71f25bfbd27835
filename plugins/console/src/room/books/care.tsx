/** What in a book wants looking at: codes that wait, codes that were lost, cards that cannot be read. */
import { Anchor, Button } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import type { LostCode } from '@ringbook/contracts/carrier';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { contactPath } from '../../lib/paths.js';
import { showCount } from '../../lib/when.js';
import { Age, Panel, ProblemNote, Waiting } from '../../part/basics.js';
import { CodeBadge, Name } from '../../part/name.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import { refreshBooks } from './health.js';

const t = w.books;

export const Pending = ({ book }: { book: AddressBook }) => (book.health.pending + book.health.refused === 0 ? null : (
  <Note tone="warn" label={book.health.pending > 0 ? t.wait.title : t.wait.titleRefused}>
    {book.health.pending > 0 && <p>{t.wait.text(book.health.pending, showCount(book.health.pending))}</p>}
    {book.health.refused > 0 && <p>{t.wait.refused(book.health.refused, showCount(book.health.refused))}</p>}
    <div className={part.actions}><Button size="xs" variant="default" component={Link} to={`/contacts?book=${book.id}`}>{t.wait.show}</Button></div>
  </Note>
));

const LostRow = ({ lost, mine, busy, act }: { lost: LostCode; mine: boolean; busy: boolean; act: (action: 'restore' | 'forget') => void }) => (
  <li>
    <div className={part.grow}><Anchor component={Link} inherit to={contactPath(lost.contactId)}><Name>{lost.name}</Name></Anchor> <CodeBadge code={lost.code} /><div className="dim small"><bdi dir="auto">{lost.why}</bdi> · <Age at={lost.at} /></div></div>
    {mine && <span className={part.actions}>
      <Button size="compact-sm" variant="light" leftSection={<IconCheck size={14} aria-hidden />} loading={busy} onClick={() => act('restore')}>{t.lostCodes.restore}<span className="hidden">: {lost.name}</span></Button>
      <Button size="compact-sm" variant="default" leftSection={<IconX size={14} aria-hidden />} disabled={busy} onClick={() => act('forget')}>{t.lostCodes.forget}<span className="hidden">: {lost.name}</span></Button>
    </span>}
  </li>
);

export const Lost = ({ book, mine }: { book: AddressBook; mine: boolean }) => {
  const asked = useQuery({ queryKey: keys.lostCodes(book.id), queryFn: () => api.books.lostCodes(book.id), enabled: book.health.lost > 0 });
  const repair = useMutation({
    mutationFn: ({ contacts, action }: { contacts: string[]; action: 'restore' | 'forget' }) => api.books.repair(book.id, { contacts, action }),
    onSuccess: (left) => { queries.setQueryData(keys.lostCodes(book.id), left); refreshBooks(); },
  });
  const items = asked.data?.items ?? [];
  if (book.health.lost === 0 && items.length === 0 && !repair.isSuccess) return null;
  return (
    <Panel label={t.lostCodes.title}>
      <h2>{t.lostCodes.title}</h2>
      <p className="dim small">{t.lostCodes.lead}</p>
      <ProblemNote error={asked.error ?? repair.error} />
      {asked.isPending && book.health.lost > 0 ? <Waiting /> : <ul className={part.lines} aria-label={t.lostCodes.list}>{items.map((lost) => <LostRow key={lost.contactId} lost={lost} mine={mine} busy={repair.isPending && repair.variables.contacts.includes(lost.contactId)} act={(action) => repair.mutate({ contacts: [lost.contactId], action })} />)}</ul>}
      {mine && items.length > 1 && <div className={part.actions}><Button size="xs" loading={repair.isPending} onClick={() => repair.mutate({ contacts: items.slice(0, 1000).map(({ contactId }) => contactId), action: 'restore' })}>{t.lostCodes.restoreAll(Math.min(1000, items.length))}</Button></div>}
      <span role="status" className="dim small">{repair.isSuccess ? t.lostCodes.done : ''}</span>
    </Panel>
  );
};

export const Skipped = ({ book }: { book: AddressBook }) => {
  const asked = useQuery({ queryKey: keys.skipped(book.id), queryFn: () => api.books.skipped(book.id), enabled: book.health.skipped > 0 });
  if (book.health.skipped === 0) return null;
  return (
    <Panel label={t.skip.title}>
      <h2>{t.skip.title}</h2>
      <p className="dim small">{t.skip.lead}</p>
      <ProblemNote error={asked.error} retry={() => void asked.refetch()} />
      {asked.isPending ? <Waiting /> : (
        <div className={part.scroll} tabIndex={0} role="region" aria-label={t.skip.list}>
          <ul className={part.lines}>{asked.data?.items.map((card) => <li key={card.href}><div className={part.grow}><bdi dir="auto">{card.reason}</bdi><div className="dim small"><bdi dir="auto">{card.href}</bdi> · {t.skip.found} <Age at={card.at} /></div></div></li>)}</ul>
        </div>
      )}
    </Panel>
  );
};
