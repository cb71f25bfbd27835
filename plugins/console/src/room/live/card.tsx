/** One call: who it is, how surely, what is done with it and why, and what can be done instead. */
import { IconChevronDown, IconPhoneCall, IconPhoneIncoming, IconPhoneOff, IconRecordMail } from '@tabler/icons-react';
import type { Pop } from '@ringbook/contracts/call';
import { memo, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Link } from 'react-router';
import { formatDuration, isoDuration, secondsBetween } from '../../lib/age.js';
import { useNow } from '../../lib/clock.js';
import { phaseOf } from '../../live/pops.js';
import { dispatchLive } from '../../live/store.js';
import { Age, ProblemNote, WhyList } from '../../part/basics.js';
import { CodeBadge, Name, Num, TierBadge } from '../../part/name.js';
import { WhoIsIt } from '../../part/who.js';
import { useMe } from '../../shell/session.js';
import { isPlain, isTyping } from '../../shell/shortcuts.js';
import { w } from '../../words/index.js';
import { Actions } from './actions.js';
import css from './live.module.css';
import { usePopActions } from './use-actions.js';

const t = w.live;
const ICON = { ringing: IconPhoneIncoming, machine: IconRecordMail, answered: IconPhoneCall, ended: IconPhoneOff };

const Ticking = ({ pop }: { pop: Pop }) => {
  const now = useNow(pop.state !== 'ended');
  const from = pop.state === 'ringing' ? pop.startedAt : pop.answeredAt ?? pop.startedAt;
  const seconds = secondsBetween(from, pop.state === 'ended' ? pop.endedAt : null, now);
  const words = t.time[phaseOf(pop)];
  return <time dateTime={isoDuration(seconds)} title={words}>{formatDuration(seconds)}</time>;
};

const Top = ({ pop }: { pop: Pop }) => {
  const phase = phaseOf(pop);
  const Icon = ICON[phase];
  return (
    <div className={css.row}>
      <span className={css.state}><Icon size={16} aria-hidden />{pop.state === 'ended' && pop.outcome ? w.outcome[pop.outcome] : t.state[phase]}<Ticking pop={pop} /></span>
      <span className={css.badges}><CodeBadge code={pop.code} /><TierBadge tier={pop.from.tier} /></span>
    </div>
  );
};

const Who = ({ pop, id }: { pop: Pop; id: string }) => {
  const me = useMe();
  const named = pop.from.display !== pop.from.number;
  return (
    <>
      <h2 className={css.name} id={id} title={pop.from.display}>
        {pop.contact ? <Link to={`/contacts/${pop.contact.id}`}><Name>{pop.from.display}</Name></Link> : <Name>{pop.from.display}</Name>}
      </h2>
      <div className={css.sub}>
        {named && <Num>{pop.from.number}</Num>}
        {pop.contact?.organisation && <Name>{pop.contact.organisation}</Name>}
        {!pop.contact && pop.candidates.length > 0 && <span title={pop.candidates.map((c) => c.name).join(', ')}>{t.candidates(pop.candidates.length)}</span>}
        {(me.numbers.length > 1 || pop.userId !== me.id) && <span>{t.called('')}<Num>{pop.to}</Num></span>}
      </div>
    </>
  );
};

const Meta = ({ pop, open, onToggle, whyId }: { pop: Pop; open: boolean; onToggle: () => void; whyId: string }) => (
  <div className={css.meta}>
    {pop.history.count > 0
      ? <Link to={pop.contact ? `/calls?contact=${pop.contact.id}` : `/calls?number=${encodeURIComponent(pop.from.number ?? '')}`}>{t.history(pop.history.count)}<span className="hidden">: {pop.from.display}</span></Link>
      : <span>{t.history(0)}</span>}
    {pop.history.last && <span>{t.historyLast} <Age at={pop.history.last} /></span>}
    {pop.decision && (
      <button type="button" className={css.toggle} aria-expanded={open} aria-controls={whyId} aria-keyshortcuts="w" onClick={onToggle}>
        {t.why}<span className="hidden"> {pop.from.display}</span> <kbd aria-hidden>W</kbd><IconChevronDown size={15} aria-hidden style={open ? { transform: 'rotate(180deg)' } : undefined} />
      </button>
    )}
  </div>
);

/** Only the called person's own answer counts, so only they are asked. */
const Ambiguous = ({ pop }: { pop: Pop }) => {
  const me = useMe();
  return pop.userId === me.id && pop.contact === null && pop.candidates.length > 1 && pop.from.number !== null ? <WhoIsIt compact number={pop.from.number} candidates={pop.candidates} /> : null;
};

/** When the button that had the focus goes away with its action, the focus stays on its card instead of falling to the page. */
const useKeepFocus = (actions: string) => {
  const card = useRef<HTMLElement>(null);
  const inside = useRef(false);
  useLayoutEffect(() => {
    const there = document.activeElement;
    if (inside.current && (there === null || there === document.body)) card.current?.focus({ preventScroll: true });
  }, [actions]);
  return { ref: card, onFocus: () => { inside.current = true; }, onBlur: (e: React.FocusEvent) => { if (e.relatedTarget !== null) inside.current = e.currentTarget.contains(e.relatedTarget); } };
};

export const PopCard = memo(({ pop }: { pop: Pop }) => {
  const id = useId();
  const [open, setOpen] = useState(false);
  const act = usePopActions(pop);
  const focus = useKeepFocus(pop.actions.join() + pop.state + (pop.contact?.id ?? ''));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!isPlain(event) || isTyping(event.target) || !event.currentTarget.contains(event.target as Node)) return;
    const key = event.key.toLowerCase();
    if (key === 'w' && pop.decision) setOpen(!open);
    else if (key === 'd' && pop.state === 'ended') dispatchLive({ type: 'dismiss', id: pop.id });
    else act.press(key);
  };
  return (
    <article data-pop={pop.id} className={`${css.card} ${css[phaseOf(pop)]}`} aria-labelledby={id} tabIndex={-1} onKeyDown={onKeyDown} {...focus}>
      <Top pop={pop} />
      <Who pop={pop} id={id} />
      <div className={css.doing}><span className="hidden">{t.doing}: </span>{pop.doing}</div>
      <Meta pop={pop} open={open} onToggle={() => setOpen(!open)} whyId={`${id}why`} />
      <div id={`${id}why`} hidden={!open}>
        {open && pop.decision && <section className={css.why} aria-label={t.whyTitle} tabIndex={0}><WhyList because={pop.decision.because} /></section>}
      </div>
      <Ambiguous pop={pop} />
      <Actions pop={pop} act={act} />
      <p className={css.result} role="status">{act.said}</p>
      {act.panel === null && <ProblemNote error={act.error} />}
    </article>
  );
});
