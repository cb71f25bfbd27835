/** Address books: where callers are found, in order of precedence, and how each of them is doing. */
import { Button } from '@mantine/core';
import { IconAddressBook, IconPlus } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { AddSource } from '../sources/add.js';
import { BookCard } from './card.js';
import { useBooks } from './use-books.js';

const t = w.books;
type Books = Awaited<ReturnType<typeof api.books.list>>;

/** The order shows at once; the server's answer comes behind it. */
const useOrder = (items: AddressBook[]) => {
  const [said, setSaid] = useState('');
  const save = useMutation({
    mutationFn: (books: AddressBook[]) => api.books.order({ books: books.map(({ id }) => id) }),
    onMutate: async (books) => { await queries.cancelQueries({ queryKey: keys.books, exact: true }); queries.setQueryData<Books>(keys.books, (old) => old && { ...old, items: books }); },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.books, exact: true }),
  });
  const move = (from: number, by: 1 | -1) => {
    const next = items.toSpliced(from, 1).toSpliced(from + by, 0, items[from]!);
    const inside = document.activeElement;
    setSaid(t.moved(items[from]!.name, from + by + 1, items.length));
    save.mutate(next);
    // The focus goes with the book; at the end of the way its other button takes it.
    setTimeout(() => { if (inside instanceof HTMLButtonElement) (inside.disabled ? inside.parentElement?.querySelector<HTMLButtonElement>('button:enabled') : inside)?.focus(); }, 50);
  };
  return { said, move, error: save.error };
};

export const BooksRoom = () => {
  const [adding, setAdding] = useState(false);
  const books = useBooks();
  const items = books.data?.items ?? [];
  const order = useOrder(items);
  const add = <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setAdding(true)}>{t.add}</Button>;
  return (
    <Room title={t.title} tools={items.length > 0 && add}>
      <div className={css.stack}>
        <p className="dim" style={{ margin: 0 }}>{t.lead}{items.length > 1 && ` ${t.order}`}</p>
        <div className="hidden" role="status">{order.said}</div>
        <ProblemNote error={books.error ?? order.error} retry={() => void books.refetch()} />
        {books.isPending ? <Waiting /> : items.length === 0 && !books.error ? <Empty icon={<IconAddressBook size={36} stroke={1.5} />} title={t.empty}><p>{t.emptyHelp}</p>{add}</Empty>
          : items.map((book, index) => <BookCard key={book.id} book={book} place={{ index, count: items.length, move: (by) => order.move(index, by) }} />)}
      </div>
      {adding && <AddSource onClose={() => setAdding(false)} />}
    </Room>
  );
};
