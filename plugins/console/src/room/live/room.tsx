/** The live room: one card a call, from its first ring until a short while after its end. */
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useNow } from '../../lib/clock.js';
import { phaseOf, steadyPops, type Phase } from '../../live/pops.js';
import { dispatchLive, isHeld, useLiveState, usePops } from '../../live/store.js';
import { Room, Waiting } from '../../part/basics.js';
import { useSingleKeys } from '../../shell/shortcuts.js';
import { w } from '../../words/index.js';
import { PopCard } from './card.js';
import { NoCalls } from './empty.js';
import css from './live.module.css';
import { NotifyMenu } from './notify-menu.js';

const t = w.live;

/** Moves the focus to the next or previous card: only ever because a key asked for it. */
const step = (by: 1 | -1) => {
  const cards = [...document.querySelectorAll<HTMLElement>('article[data-pop]')];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const next = at < 0 ? (by === 1 ? 0 : cards.length - 1) : (at + by + cards.length) % cards.length;
  cards[next]?.focus();
};

const useSteadyPops = () => {
  const pops = usePops();
  useNow(pops.length > 0);
  const order = useRef<string[]>([]);
  const shown = steadyPops(isHeld() ? order.current : [], pops);
  useEffect(() => { order.current = shown.map((pop) => pop.id); });
  return shown;
};

export const LiveRoom = () => {
  const pops = useSteadyPops();
  const state = useLiveState();
  const { on } = useSingleKeys();
  const count = (which: Phase) => pops.filter((pop) => phaseOf(pop) === which).length;
  const words = t.count(count('ringing'), count('answered'), count('machine'));
  useHotkeys(on ? [['n', () => step(1)], ['p', () => step(-1)]] : []);
  useEffect(() => { document.title = `${words ? `(${words}) ` : ''}${t.title} · ${w.product}`; return () => { document.title = w.product; }; }, [words]);
  return (
    <Room title={t.title} tools={(
      <>
        {words && <span className="dim figures">{words}</span>}
        {count('ended') > 0 && <Button variant="default" size="xs" onClick={() => dispatchLive({ type: 'dismissEnded' })}>{t.dismissAll}</Button>}
        <NotifyMenu />
      </>
    )}>
      {pops.length > 0
        ? <ul className={css.cards} data-cards aria-label={t.region}>{pops.map((pop) => <li key={pop.id}><PopCard pop={pop} /></li>)}</ul>
        : state.kind === 'connecting' ? <Waiting /> : <NoCalls />}
    </Room>
  );
};
