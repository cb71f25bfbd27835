/** Which contacts are ticked. "All found" is fetched, so that what is said about them is true to the last one. */
import type { Contact } from '@ringbook/contracts/contact';
import { useRef, useState } from 'react';
import { api } from '../../api.js';
import type { Filter } from './use-contacts.js';

export type Chosen = Pick<Contact, 'id' | 'name' | 'code' | 'book' | 'bookId'>;
const MOST = 5000;
const slim = ({ id, name, code, book, bookId }: Contact): Chosen => ({ id, name, code, book, bookId });
const NONE: ReadonlyMap<string, Chosen> = new Map();

export const useSelection = (filter: Filter) => {
  const [on, setOn] = useState(false);
  const [chosen, setChosen] = useState(NONE);
  const [counting, setCounting] = useState<number | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const run = useRef(0);
  const stop = () => { run.current += 1; setCounting(null); };
  const toggle = (contact: Contact) => setChosen((old) => { const next = new Map(old); if (!next.delete(contact.id)) next.set(contact.id, slim(contact)); return next; });
  const all = async (tooMany: string) => {
    const mine = run.current += 1;
    const found = new Map<string, Chosen>();
    setProblem(null);
    try {
      for (let cursor: string | null = null; ;) {
        setCounting(found.size);
        const page: { items: Contact[]; cursor: string | null } = await api.contacts.list({ ...filter, limit: 200, cursor });
        if (mine !== run.current) return;
        for (const contact of page.items) found.set(contact.id, slim(contact));
        if (found.size > MOST) throw new Error(tooMany);
        if (page.cursor === null) break;
        cursor = page.cursor;
      }
      setChosen(found);
    } catch (thrown) { if (mine === run.current) setProblem(thrown); }
    if (mine === run.current) setCounting(null);
  };
  return { on, start: () => setOn(true), end: () => { stop(); setOn(false); setChosen(NONE); setProblem(null); }, chosen, toggle, all, clear: () => { stop(); setChosen(NONE); }, counting, problem };
};
export type Selection = ReturnType<typeof useSelection>;

/** How many of them are in which book, the largest first. */
export const perBook = (chosen: Iterable<Chosen>): { book: string; count: number }[] => {
  const books = new Map<string, { book: string; count: number }>();
  for (const { bookId, book } of chosen) books.set(bookId, { book, count: (books.get(bookId)?.count ?? 0) + 1 });
  return [...books.values()].sort((a, b) => b.count - a.count);
};
