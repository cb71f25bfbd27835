/** Which address shows which room. The frame and the live room come at once, the others when they are opened. */
import { createBrowserRouter } from 'react-router';
import { LiveRoom } from './room/live/room.js';
import { SignIn } from './room/account/sign-in.js';
import { Crash, NotFound } from './shell/lost.js';
import { Shell } from './shell/shell.js';
import { Waiting } from './part/basics.js';

export const router = createBrowserRouter([
  { path: '/signin', element: <SignIn />, errorElement: <Crash /> },
  { path: '/setup', lazy: async () => ({ Component: (await import('./room/account/set-up.js')).SetUp }), HydrateFallback: Waiting, errorElement: <Crash /> },
  {
    element: <Shell />, errorElement: <Crash />, HydrateFallback: Waiting,
    children: [
      { index: true, element: <LiveRoom /> },
      { path: 'calls', lazy: async () => ({ Component: (await import('./room/history/room.js')).HistoryRoom }) },
      { path: 'calls/:id', lazy: async () => ({ Component: (await import('./room/history/room.js')).HistoryRoom }) },
      { path: 'contacts', lazy: async () => ({ Component: (await import('./room/contacts/room.js')).ContactsRoom }) },
      { path: 'contacts/:id', lazy: async () => ({ Component: (await import('./room/contacts/room.js')).ContactsRoom }) },
      { path: 'rules', lazy: async () => ({ Component: (await import('./room/rules/room.js')).RulesRoom }) },
      { path: 'voicemail', lazy: async () => ({ Component: (await import('./room/voicemail/room.js')).VoicemailRoom }) },
      { path: 'people', lazy: async () => ({ Component: (await import('./room/people/room.js')).PeopleRoom }) },
      { path: 'people/:id', lazy: async () => ({ Component: (await import('./room/people/one.js')).PersonRoom }) },
      { path: 'books', lazy: async () => ({ Component: (await import('./room/books/room.js')).BooksRoom }) },
      { path: 'books/:id', lazy: async () => ({ Component: (await import('./room/books/one.js')).BookRoom }) },
      { path: 'codes', lazy: async () => ({ Component: (await import('./room/codes/room.js')).CodesRoom }) },
      { path: 'calendars', lazy: async () => ({ Component: (await import('./room/calendars/room.js')).CalendarsRoom }) },
      { path: 'account', lazy: async () => ({ Component: (await import('./room/account/own.js')).OwnRoom }) },
      { path: 'tokens', lazy: async () => ({ Component: (await import('./room/account/tokens.js')).TokensRoom }) },
      { path: 'pair', lazy: async () => ({ Component: (await import('./room/account/pair.js')).PairRoom }) },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
