/** The history: every call, and for each why it was handled as it was. */
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconHistory, IconSearch } from '@tabler/icons-react';
import type { CallSummary } from '@ringbook/contracts/call';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { NavLink, useParams, useSearchParams } from 'react-router';
import { api, keys } from '../../api.js';
import { useNow } from '../../lib/clock.js';
import { callPath } from '../../lib/paths.js';
import { dayEnd, dayStart, showMoment } from '../../lib/when.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { CodeBadge, Name, Num } from '../../part/name.js';
import { withNames } from '../../lib/trace.js';
import { OutcomeWord } from '../../part/outcome.js';
import { More, Split } from '../../part/split.js';
import css from '../../part/split.module.css';
import { w } from '../../words/index.js';
import { CallPane } from './call.js';

const t = w.calls.history;
const PLAIN = { words: w.calls.trace };
const FIELDS = ['q', 'from', 'to', 'contact', 'number'] as const;
type Filter = Partial<Record<typeof FIELDS[number], string>>;

const useFilter = () => {
  const [search, setSearch] = useSearchParams();
  const filter: Filter = Object.fromEntries(FIELDS.flatMap((key) => (search.get(key) ? [[key, search.get(key)!]] : [])));
  const set = (key: keyof Filter, value: string) => setSearch((old) => { const next = new URLSearchParams(old); if (value) next.set(key, value); else next.delete(key); return next; }, { replace: true });
  return { filter, set, clear: () => setSearch({}, { replace: true }), query: search.size ? `?${search}` : '' };
};
type FilterState = ReturnType<typeof useFilter>;

const useCalls = (filter: Filter) => {
  const [settled] = useDebouncedValue(filter, 200, { leading: false });
  const ask = { q: settled.q, number: settled.number, contact: settled.contact, from: dayStart(settled.from ?? ''), to: dayEnd(settled.to ?? '') };
  return useInfiniteQuery({
    queryKey: keys.callList(ask), initialPageParam: null as string | null, placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => api.calls.list({ ...ask, cursor: pageParam, limit: 50 }), getNextPageParam: (page) => page.cursor,
  });
};

const Filters = ({ filter, set, clear }: FilterState) => (
  <search className={css.filter} aria-label={t.filters}>
    <TextInput type="search" aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={16} aria-hidden />} value={filter.q ?? ''} onChange={(e) => set('q', e.currentTarget.value)} />
    <TextInput type="date" label={t.from} size="xs" max={filter.to} value={filter.from ?? ''} onChange={(e) => set('from', e.currentTarget.value)} />
    <TextInput type="date" label={t.to} size="xs" min={filter.from} value={filter.to ?? ''} onChange={(e) => set('to', e.currentTarget.value)} />
    {(filter.contact ?? filter.number) && <Button size="compact-sm" variant="light" onClick={clear}>{t.clear}{filter.number && <>: <Num>{filter.number}</Num></>}</Button>}
  </search>
);

const Row = ({ call, query, now }: { call: CallSummary; query: string; now: number }) => (
  <li>
    <NavLink to={callPath(call.id) + query} className={css.row!}>
      <span className={css.first}><Name>{call.from.display}</Name></span>
      <time className={css.side} dateTime={call.startedAt}>{showMoment(call.startedAt, now)}</time>
      <span className={css.second}><OutcomeWord call={call} />{call.answeredBy && <> · {withNames(call.answeredBy, PLAIN)}</>}{call.note && <> · {call.note}</>}</span>
      <span className={css.aside}><CodeBadge code={call.code} short /></span>
    </NavLink>
  </li>
);

const List = ({ state }: { state: FilterState }) => {
  const calls = useCalls(state.filter);
  const now = useNow(false);
  const items = calls.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.keys(state.filter).length > 0;
  return (
    <>
      <Filters {...state} />
      <ProblemNote error={calls.error} retry={() => void calls.refetch()} />
      {calls.isPending ? <Waiting /> : items.length === 0 && !calls.error
        ? <Empty icon={<IconHistory size={36} stroke={1.5} />} title={filtered ? t.nothing : t.empty}>{filtered && <Button variant="light" onClick={state.clear}>{t.clear}</Button>}</Empty>
        : <ul className={css.rows} aria-label={t.list}>{items.map((call) => <Row key={call.id} call={call} query={state.query} now={now} />)}</ul>}
      <More more={calls.hasNextPage} busy={calls.isFetchingNextPage} load={() => void calls.fetchNextPage()} />
    </>
  );
};

export const HistoryRoom = () => {
  const { id } = useParams();
  const state = useFilter();
  return (
    <Room title={t.title}>
      <Split chosen={id !== undefined} back={`/calls${state.query}`} backLabel={w.calls.call.back} list={<List state={state} />} detail={id === undefined ? <p className={css.hint}>{t.choose}</p> : <CallPane key={id} id={id} />} />
    </Room>
  );
};
