/** Address books: where callers are found, and how each of them is doing. */
import { Button } from '@mantine/core';
import { IconAddressBook, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys } from '../../api.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { BookCard } from './book.js';
import { NewBook } from './new-book.js';

const t = w.books;

export const BooksRoom = () => {
  const [adding, setAdding] = useState(false);
  const books = useQuery({
    queryKey: keys.books, queryFn: api.books.list,
    // While one is being read, its counts grow.
    refetchInterval: (query) => (query.state.data?.items.some((book) => book.health.state === 'syncing' || book.health.state === 'new') ? 2500 : false),
  });
  return (
    <Room title={t.title} tools={<Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setAdding(true)}>{t.add}</Button>}>
      <div className={css.stack}>
        <p className="dim" style={{ margin: 0 }}>{t.lead}</p>
        <ProblemNote error={books.error} retry={() => void books.refetch()} />
        {books.isPending ? <Waiting /> : books.data?.items.length === 0 ? <Empty icon={<IconAddressBook size={36} stroke={1.5} />} title={t.empty} />
          : books.data?.items.map((book) => <BookCard key={book.id} book={book} />)}
      </div>
      {adding && <NewBook onClose={() => setAdding(false)} />}
    </Room>
  );
};
