/** Contacts of all address books: found as one types, by book and by code, with their handling code, for one or for many. */
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { IconBan, IconChecklist, IconClock, IconLinkOff, IconSearch, IconUserSearch } from '@tabler/icons-react';
import type { Contact } from '@ringbook/contracts/contact';
import type { ReactNode } from 'react';
import { Link, NavLink, useParams } from 'react-router';
import { useCodes } from '../../lib/codes.js';
import { contactPath } from '../../lib/paths.js';
import { Empty, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { CodeBadge, Name } from '../../part/name.js';
import { More, Split } from '../../part/split.js';
import css from '../../part/split.module.css';
import { WindowList } from '../../part/window.js';
import { w } from '../../words/index.js';
import { useBooks } from '../books/use-books.js';
import { ContactPane } from './contact.js';
import { SelectionBar } from './many.js';
import { useContacts, useFilter, type FilterState } from './use-contacts.js';
import { useSelection, type Selection } from './use-selection.js';

const t = w.calls.contacts;

const Mark = ({ icon, words }: { icon: ReactNode; words: string }) => <span title={words}>{icon}<span className="hidden">{words}</span></span>;
const waitWords = ({ code, refused }: NonNullable<Contact['pending']>) => (refused ? t.refusedShort : code === null ? t.waitsRemoval : t.waits);
const Marks = ({ contact }: { contact: Contact }) => (
  <span className={css.marks}>
    {contact.pending && <Mark icon={contact.pending.refused ? <IconBan size={15} aria-hidden /> : <IconClock size={15} aria-hidden />} words={waitWords(contact.pending)} />}
    {contact.lostCode && !contact.code && <Mark icon={<IconLinkOff size={15} aria-hidden />} words={t.lost(contact.lostCode)} />}
    <CodeBadge code={contact.code} short />
  </span>
);

const Row = ({ contact, query, selection }: { contact: Contact; query: string; selection: Selection }) => (
  <>
    {selection.on && <span className={css.tick}><Checkbox size="md" aria-label={t.many.one(contact.name)} checked={selection.chosen.has(contact.id)} onChange={() => selection.toggle(contact)} /></span>}
    <NavLink to={contactPath(contact.id) + query} className={css.row!}>
      <span className={css.first}><Name>{contact.name}</Name></span>
      <span className={css.side}><Marks contact={contact} /></span>
      <span className={css.second}>{contact.organisation ? <Name>{contact.organisation}</Name> : contact.numbers[0] ? <span className="number">{contact.numbers[0].raw}</span> : t.noNumbers}</span>
    </NavLink>
  </>
);

const Filters = ({ filter, set }: FilterState) => {
  const books = useBooks().data?.items ?? [];
  const codes = useCodes();
  const known = codes.map(({ code, name }) => ({ value: code, label: name ? `${code}: ${name}` : code }));
  const asked = filter.code && filter.code !== 'none' && !codes.some(({ code }) => code === filter.code) ? [{ value: filter.code, label: filter.code }] : [];
  return (
    <search className={css.filter} aria-label={t.filters}>
      <TextInput type="search" aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={16} aria-hidden />} value={filter.q ?? ''} maxLength={100} onChange={(e) => set('q', e.currentTarget.value)} />
      <Select size="xs" aria-label={t.bookFilter} data={[{ value: 'any', label: t.anyBook }, ...books.map(({ id, name }) => ({ value: id, label: name }))]} value={filter.book ?? 'any'} onChange={(value) => set('book', value === 'any' ? '' : value ?? '')} />
      <Select size="xs" aria-label={t.codeFilter} searchable data={[{ value: '*', label: t.anyCode }, { value: 'none', label: t.noneCode }, ...asked, ...known]} value={filter.code ?? '*'} onChange={(value) => set('code', value === '*' ? '' : value ?? '')} />
    </search>
  );
};

const Nothing = ({ state }: { state: FilterState }) => {
  const { q, book, code } = state.filter;
  const icon = <IconUserSearch size={36} stroke={1.5} />;
  if (!q && !book && !code) return <Empty icon={icon} title={t.empty}><p>{t.emptyHelp}</p><Button variant="light" component={Link} to="/books">{t.toBooks}</Button></Empty>;
  return <Empty icon={icon} title={book || code || !q ? t.nothingHere : t.nothing(q)}><Button variant="light" onClick={state.clear}>{t.clear}</Button></Empty>;
};

const List = ({ state, selection }: { state: FilterState; selection: Selection }) => {
  const found = useContacts(state.filter);
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Filters {...state} />
      {selection.on && <SelectionBar selection={selection} />}
      <ProblemNote error={found.error} retry={() => void found.refetch()} />
      {found.isPending ? <Waiting /> : items.length === 0 && !found.error ? <Nothing state={state} />
        : <WindowList items={items} keyOf={({ id }) => id} rem={3.75} label={t.list} more={found.hasNextPage}>{(contact) => <Row contact={contact} query={state.query} selection={selection} />}</WindowList>}
      <More more={found.hasNextPage} busy={found.isFetchingNextPage} load={() => void found.fetchNextPage()} />
    </>
  );
};

export const ContactsRoom = () => {
  const { id } = useParams();
  const state = useFilter();
  const selection = useSelection(state.filter);
  const tools = !selection.on && <Button variant="default" size="xs" leftSection={<IconChecklist size={16} aria-hidden />} onClick={selection.start}>{t.many.start}</Button>;
  return (
    <Room title={t.title} tools={tools}>
      <Split chosen={id !== undefined} back={`/contacts${state.query}`} backLabel={t.back} list={<List state={state} selection={selection} />} detail={id === undefined ? <p className={css.hint}>{t.choose}</p> : <ContactPane key={id} id={id} />} />
    </Room>
  );
};
