/** The frame around all rooms: navigation, own status, live connection, account. */
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { Navigate, Outlet, useLocation, useNavigate, useNavigation } from 'react-router';
import { isRefused } from '../api.js';
import { startNotify } from '../live/notify.js';
import { startLive } from '../live/store.js';
import { ProblemNote, Waiting } from '../part/basics.js';
import { w } from '../words/index.js';
import { AccountMenu } from './account-menu.js';
import { Announcer } from './announcer.js';
import { LiveBar } from './live-bar.js';
import { Nav } from './nav.js';
import { MeProvider, useMeQuery } from './session.js';
import css from './shell.module.css';
import { ShortcutHelp } from './shortcut-help.js';
import { useRoomKeys, useSingleKeys } from './shortcuts.js';
import { StatusSwitch } from './status-switch.js';

const Frame = () => {
  const [help, setHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const busy = useNavigation().state !== 'idle';
  const navigate = useNavigate();
  const singleKeys = useSingleKeys();
  const room = pathname.split('/')[1] ?? '';
  const before = useRef(room);
  useEffect(startLive, []);
  useEffect(startNotify, []);
  // A change of room moves the reading place to its heading; the first page is left as the browser shows it.
  useEffect(() => {
    if (before.current === room) return;
    before.current = room;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [room]);
  useRoomKeys((path) => { void navigate(path); }, singleKeys.on);
  useHotkeys(singleKeys.on ? [
    ['?', () => setHelp(true)], ['shift+?', () => setHelp(true)],
    ['/', () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus()],
    ['s', () => { const button = document.querySelector<HTMLButtonElement>('#status-switch'); button?.focus(); button?.click(); }],
  ] : []);
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{w.shell.skip}</a>
      <header className={css.top}>
        <span className={css.brand}><img src="/ringbook.svg" alt="" width={26} height={26} />{w.product}</span>
        <span className={css.grow} />
        <StatusSwitch />
        <AccountMenu singleKeys={singleKeys} onHelp={() => setHelp(true)} />
      </header>
      <Nav />
      <main id="main" ref={main} tabIndex={-1} className={css.main} aria-busy={busy}>
        <LiveBar />
        <Outlet />
      </main>
      <Announcer />
      {help && <ShortcutHelp onClose={() => setHelp(false)} />}
    </div>
  );
};

/** Nobody signed in: off to sign-in, and back here afterwards. */
export const Shell = () => {
  const me = useMeQuery();
  const { pathname, search } = useLocation();
  if (me.data) return <MeProvider value={me.data}><Frame /></MeProvider>;
  if (me.isError && isRefused(me.error)) return <Navigate replace to={`/signin?then=${encodeURIComponent(pathname + search)}`} />;
  return me.isError
    ? <main className={css.alone}><h1 className="hidden">{w.product}</h1><ProblemNote error={me.error} retry={() => void me.refetch()} /></main>
    : <main className={css.alone}><h1 className="hidden">{w.product}</h1><Waiting /></main>;
};
