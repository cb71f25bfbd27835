/** The address books, kept fresh: the live socket tells of every sync; while one is under way it is asked as well. */
import type { AddressBook } from '@ringbook/contracts/book';
import { useQuery } from '@tanstack/react-query';
import { api, keys } from '../../api.js';
import { useIsAdmin, useMe } from '../../shell/session.js';

const moving = ({ kind, health }: AddressBook) => kind !== 'import' && (health.state === 'syncing' || health.state === 'new');
export const useBooks = () => useQuery({ queryKey: keys.books, queryFn: api.books.list, refetchInterval: (query) => (query.state.data?.items.some(moving) ? 2500 : false) });
/** May this book be changed by who is signed in? */
export const useIsMine = (book: AddressBook | undefined) => { const me = useMe(); const admin = useIsAdmin(); return book !== undefined && (admin || book.ownerId === me.id); };
