/** Adding everything that was ticked, one after the other; what fails is told by name and can be tried again. */
import type { AddressBook, FoundCollection } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { problemText } from '../../lib/problem.js';
import { newBookOf, newCalendarOf, type SourceForm } from './form.js';
import type { Picked } from './pick.js';

export interface Failure { name: string; text: string }
export const ADDING = ['add-source'];
interface Job { name: string; url?: string; run: () => Promise<AddressBook | null> }

const jobsOf = (form: SourceForm, found: readonly FoundCollection[], picked: Picked): Job[] => {
  const chosen = found.filter(({ url }) => url in picked).map((each) => ({ ...each, name: picked[each.url]! }));
  if (form.kind !== 'carddav') return [{ name: form.name, run: () => api.books.create(newBookOf(form)) }];
  return chosen.map((each) => ({ name: each.name, url: each.url, run: async () => (each.kind === 'addressBook' ? api.books.create(newBookOf(form, each)) : (await api.calendars.create(newCalendarOf(form, each)), null)) }));
};

export const useAdding = (onDone: (books: AddressBook[]) => void) => {
  const [at, setAt] = useState({ done: 0, of: 0 });
  const [failures, setFailures] = useState<Failure[]>([]);
  const [made, setMade] = useState<ReadonlySet<string>>(new Set());
  const add = useMutation({
    mutationKey: ADDING,
    mutationFn: async ({ form, found, picked }: { form: SourceForm; found: readonly FoundCollection[]; picked: Picked }) => {
      const jobs = jobsOf(form, found, picked).filter(({ url }) => !url || !made.has(url));
      const [failed, books, done]: [Failure[], AddressBook[], string[]] = [[], [], []];
      for (const [i, job] of jobs.entries()) {
        setAt({ done: i, of: jobs.length });
        // One file or directory: what is wrong belongs to its form.
        if (job.url === undefined) { const book = await job.run(); if (book) books.push(book); continue; }
        try { const book = await job.run(); done.push(job.url); if (book) books.push(book); } catch (thrown) { failed.push({ name: job.name, text: problemText(thrown) }); }
      }
      return { failed, books, done };
    },
    onSuccess: ({ failed, books, done }) => {
      for (const key of [keys.books, keys.calendars, keys.contacts]) void queries.invalidateQueries({ queryKey: key });
      setMade((old) => new Set([...old, ...done]));
      setFailures(failed);
      if (failed.length === 0) onDone(books);
    },
  });
  return { at, failures, add };
};
