/** Finding contacts: what is asked for stands in the address, so that a search can be kept and gone back to. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api, keys } from '../../api.js';

const FIELDS = ['q', 'book', 'code'] as const;
export type Filter = Partial<Record<typeof FIELDS[number], string>>;

export const useFilter = () => {
  const [search, setSearch] = useSearchParams();
  const filter: Filter = Object.fromEntries(FIELDS.flatMap((key) => (search.get(key) ? [[key, search.get(key)!]] : [])));
  const set = (key: keyof Filter, value: string) => setSearch((old) => { const next = new URLSearchParams(old); if (value) next.set(key, value); else next.delete(key); return next; }, { replace: true });
  return { filter, set, clear: () => setSearch({}, { replace: true }), query: search.size ? `?${search}` : '' };
};
export type FilterState = ReturnType<typeof useFilter>;

export const useContacts = (filter: Filter) => {
  const [settled] = useDebouncedValue(filter, 150);
  const ask = { ...settled, ...(settled.q ? { q: settled.q.trim() } : {}) };
  return useInfiniteQuery({
    queryKey: keys.contactList(ask), initialPageParam: null as string | null, placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.contacts.list({ ...ask, cursor: pageParam, limit: 100 }, signal), getNextPageParam: (page) => page.cursor,
  });
};
