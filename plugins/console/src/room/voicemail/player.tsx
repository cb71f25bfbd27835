import { useState } from 'react';
import { api } from '../../api.js';
import { ProblemNote } from '../../part/basics.js';
import css from '../../part/part.module.css';
import { w } from '../../words/index.js';

/** The browser's own player: its keys and its reader are the ones people know. Nothing is fetched before it is asked for. */
export const Player = ({ id, name, onHeard }: { id: string; name: string; onHeard?: () => void }) => {
  const [broken, setBroken] = useState(false);
  if (broken) return <ProblemNote error={new Error(w.calls.voicemail.noAudio)} retry={() => setBroken(false)} />;
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption
    <audio className={css.player} controls preload="none" src={api.voicemails.audioUrl(id)} aria-label={w.calls.voicemail.play(name)} onPlay={onHeard} onError={() => setBroken(true)} />
  );
};
