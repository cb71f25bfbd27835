/** The rooms. On a narrow screen the daily ones are a bar at the bottom and the rest moves into the account menu. */
import { IconAddressBook, IconCalendar, IconGitBranch, IconHistory, IconPhoneCall, IconUsers, IconUserSearch, IconRecordMail, IconTag } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { NavLink } from 'react-router';
import { useVoicemailCount } from '../room/voicemail/count.js';
import { phaseOf, type Phase } from '../live/pops.js';
import { usePops } from '../live/store.js';
import { w } from '../words/index.js';
import { useIsAdmin } from './session.js';
import css from './shell.module.css';

interface Place { to: string; label: string; icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>; tally?: number; tallyWords?: string }

const Link = ({ to, label, icon: Icon, tally = 0, tallyWords }: Place) => (
  <li>
    <NavLink to={to} end={to === '/'} className={css.link!}>
      <Icon size={20} aria-hidden />
      <span>{label}</span>
      {tally > 0 && <span className={css.tally}><span aria-hidden>{tally}</span><span className="hidden">{tallyWords}</span></span>}
    </NavLink>
  </li>
);

/** Everybody may connect address books and calendars of their own, and say what their codes mean; people are for administrators. */
export const managePlaces = (admin: boolean): Place[] => [
  ...(admin ? [{ to: '/people', label: w.shell.room.people, icon: IconUsers }] : []),
  { to: '/books', label: w.shell.room.books, icon: IconAddressBook },
  { to: '/calendars', label: w.shell.room.calendars, icon: IconCalendar },
  { to: '/codes', label: w.shell.room.codes, icon: IconTag },
];

export const Nav = () => {
  const admin = useIsAdmin();
  const pops = usePops();
  const waiting = useVoicemailCount();
  const count = (which: Phase) => pops.filter((pop) => phaseOf(pop) === which).length;
  const [ringing, talking, machine] = [count('ringing'), count('answered'), count('machine')];
  const daily: Place[] = [
    { to: '/', label: w.shell.room.calls, icon: IconPhoneCall, tally: ringing + talking + machine, tallyWords: w.live.count(ringing, talking, machine) },
    { to: '/calls', label: w.shell.room.history, icon: IconHistory },
    { to: '/contacts', label: w.shell.room.contacts, icon: IconUserSearch },
    { to: '/rules', label: w.shell.room.rules, icon: IconGitBranch },
    { to: '/voicemail', label: w.shell.room.voicemail, icon: IconRecordMail, tally: waiting, tallyWords: w.calls.voicemail.newCount(waiting) },
  ];
  return (
    <nav className={css.nav} aria-label={w.shell.navigation}>
      <ul className={css.daily}>{daily.map((place) => <Link key={place.to} {...place} />)}</ul>
      <div className={css.manage}>
        <h2>{w.shell.manage}</h2>
        <ul>{managePlaces(admin).map((place) => <Link key={place.to} {...place} />)}</ul>
      </div>
    </nav>
  );
};
