/** State of the live connection: nothing while it is well, plain words when it is not. */
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useNow } from '../lib/clock.js';
import { retryLive, useLiveState } from '../live/store.js';
import { w } from '../words/index.js';
import css from './shell.module.css';

const Retry = ({ at }: { at: number }) => {
  useNow();
  return <span className="figures" aria-hidden>{w.shell.live.retryIn(Math.ceil((at - Date.now()) / 1000))}</span>;
};

/** A moment's loss is not worth a word: a restart of the bridge takes less. */
const PATIENCE = 1500;

export const LiveBar = () => {
  const state = useLiveState();
  const lost = state.kind === 'lost';
  const [shown, setShown] = useState(false);
  const [back, setBack] = useState(false);
  useEffect(() => {
    if (state.kind === 'open') { if (shown) { setBack(true); setShown(false); } return undefined; }
    if (!lost || shown) return undefined;
    const timer = setTimeout(() => { setBack(false); setShown(true); }, PATIENCE);
    return () => clearTimeout(timer);
  }, [state.kind, lost, shown]);
  return (
    <>
      <div className="hidden" role="status">{shown ? w.shell.live.lost : back ? w.shell.live.back : ''}</div>
      {shown && (
        <div className={css.bar} data-testid="live-lost">
          <IconPlugConnectedX size={18} aria-hidden />
          <span>{w.shell.live.lost}</span>
          {lost && <Retry at={state.retryAt} />}
          <Button size="compact-sm" variant="outline" onClick={retryLive}>{w.shell.live.retryNow}</Button>
        </div>
      )}
    </>
  );
};
