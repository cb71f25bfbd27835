/** Contacts of all address books: found as one types, with their handling code, which can be changed here. */
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUserSearch } from '@tabler/icons-react';
import type { Contact } from '@ringbook/contracts/contact';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { NavLink, useParams, useSearchParams } from 'react-router';
import { api, keys } from '../../api.js';
import { contactPath } from '../../lib/paths.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { CodeBadge, Name } from '../../part/name.js';
import { More, Split } from '../../part/split.js';
import css from '../../part/split.module.css';
import { w } from '../../words/index.js';
import { ContactPane } from './contact.js';

const t = w.calls.contacts;

const useContacts = (q: string) => {
  const [settled] = useDebouncedValue(q.trim(), 150);
  return useInfiniteQuery({
    queryKey: keys.contactList(settled), initialPageParam: null as string | null, placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.contacts.list({ q: settled, cursor: pageParam, limit: 50 }, signal), getNextPageParam: (page) => page.cursor,
  });
};

const Row = ({ contact, query }: { contact: Contact; query: string }) => (
  <li>
    <NavLink to={contactPath(contact.id) + query} className={css.row!}>
      <span className={css.first}><Name>{contact.name}</Name></span>
      <span className={css.side}><CodeBadge code={contact.code} /></span>
      <span className={css.second}>{contact.organisation ? <Name>{contact.organisation}</Name> : contact.numbers[0] ? <span className="number">{contact.numbers[0].raw}</span> : t.noNumbers}</span>
    </NavLink>
  </li>
);

const List = () => {
  const [search, setSearch] = useSearchParams();
  const q = search.get('q') ?? '';
  const found = useContacts(q);
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <search className={css.filter}>
        <TextInput type="search" aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={16} aria-hidden />} value={q} maxLength={100}
          onChange={(e) => setSearch(e.currentTarget.value ? { q: e.currentTarget.value } : {}, { replace: true })} />
      </search>
      <ProblemNote error={found.error} retry={() => void found.refetch()} />
      {found.isPending ? <Waiting /> : items.length === 0 && !found.error ? <Empty icon={<IconUserSearch size={36} stroke={1.5} />} title={q ? t.nothing(q) : t.empty} />
        : <ul className={css.rows} aria-label={t.list}>{items.map((contact) => <Row key={contact.id} contact={contact} query={q ? `?q=${encodeURIComponent(q)}` : ''} />)}</ul>}
      <More more={found.hasNextPage} busy={found.isFetchingNextPage} load={() => void found.fetchNextPage()} />
    </>
  );
};

export const ContactsRoom = () => {
  const { id } = useParams();
  const [search] = useSearchParams();
  const back = search.size ? `/contacts?${search}` : '/contacts';
  return (
    <Room title={t.title}>
      <Split chosen={id !== undefined} back={back} backLabel={t.back} list={<List />} detail={id === undefined ? <p className={css.hint}>{t.choose}</p> : <ContactPane key={id} id={id} />} />
    </Room>
  );
};
