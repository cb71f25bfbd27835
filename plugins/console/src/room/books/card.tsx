/** One address book in the list: how it is doing, and its place among the others. */
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconRefresh } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api } from '../../api.js';
import { bookPath } from '../../lib/paths.js';
import { Panel, ProblemNote } from '../../part/basics.js';
import { Name } from '../../part/name.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import { Counts, Progress, refreshBooks, State, Trouble } from './health.js';
import { useIsMine } from './use-books.js';
import { isSynced, sourceWords } from './words.js';

const t = w.books;
export interface Place { index: number; count: number; move: (by: 1 | -1) => void }

const Moves = ({ book, place }: { book: AddressBook; place: Place }) => (
  <span className={part.corner}>
    <ActionIcon disabled={place.index === 0} aria-label={t.up(book.name)} onClick={() => place.move(-1)}><IconArrowUp size={17} /></ActionIcon>
    <ActionIcon disabled={place.index === place.count - 1} aria-label={t.down(book.name)} onClick={() => place.move(1)}><IconArrowDown size={17} /></ActionIcon>
  </span>
);

export const useSync = (book: AddressBook) => useMutation({ mutationFn: () => api.books.sync(book.id), onSuccess: refreshBooks });

export const BookCard = ({ book, place }: { book: AddressBook; place: Place }) => {
  const mine = useIsMine(book);
  const sync = useSync(book);
  const whose = <span className="hidden">: {book.name}</span>;
  return (
    <Panel className={part.stack} label={book.name}>
      <div className={part.headed}>
        <div className={part.title} style={{ marginBottom: 0 }}>
          <h2><Name>{book.name}</Name></h2>
          <span className="dim small" style={{ overflowWrap: 'anywhere' }}>{sourceWords(book)} · {book.shared ? t.sharedYes : t.sharedNo}</span>
        </div>
        {place.count > 1 && <Moves book={book} place={place} />}
      </div>
      <State book={book} />
      <Progress book={book} />
      <Trouble book={book} mine={mine} />
      <Counts book={book} />
      <div className={part.actions}>
        <Button size="xs" variant="default" component={Link} to={bookPath(book.id)}>{t.details}{whose}</Button>
        {mine && isSynced(book) && <Button size="xs" variant="light" leftSection={<IconRefresh size={15} aria-hidden />} loading={sync.isPending} disabled={book.health.state === 'syncing'} onClick={() => sync.mutate()}>{t.sync}{whose}</Button>}
        <span role="status" className="dim small">{sync.isSuccess && book.health.state === 'syncing' ? t.syncing : ''}</span>
      </div>
      <ProblemNote error={sync.error} />
    </Panel>
  );
};
