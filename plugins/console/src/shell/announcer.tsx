/** Says politely that a call has come in; nothing moves and nothing takes the focus. */
import { useEffect, useState } from 'react';
import { onArrival } from '../live/store.js';
import { w } from '../words/index.js';

export const Announcer = () => {
  const [text, setText] = useState('');
  useEffect(() => onArrival((pops) => setText(pops.map((pop) => w.live.announce(pop.from.display, pop.code, pop.from.number)).join('. '))), []);
  return <div className="hidden" role="status" aria-live="polite" data-testid="announcer">{text}</div>;
};
