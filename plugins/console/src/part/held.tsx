/** The server shows far less than before: nothing was deleted, and the person decides. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { w } from '../words/index.js';
import { Confirm } from './confirm.js';
import { Note } from './note.js';
import part from './part.module.css';

const t = w.books.held;
/** Every code of such an answer begins alike. */
export const isHeld = (code: string) => code.startsWith('sync.would-');

interface HeldProps { name: string; text: string; ask: string; kept: string; letGo: () => Promise<unknown>; onDone: () => void }
export const Held = ({ name, text, ask, kept: keptWords, letGo, onDone }: HeldProps) => {
  const [asked, setAsked] = useState(false);
  const [kept, setKept] = useState(false);
  return (
    <Note tone="warn" label={t.title}>
      <p><strong>{t.title}.</strong> <bdi dir="auto">{text}</bdi></p>
      {kept ? <p role="status">{keptWords}</p> : (
        <div className={part.actions}>
          <Button size="xs" variant="default" onClick={() => setKept(true)}>{t.keep}<span className="hidden">: {name}</span></Button>
          <Button size="xs" variant="outline" color="red" onClick={() => setAsked(true)}>{t.acceptEmpty}<span className="hidden">: {name}</span></Button>
        </div>
      )}
      {asked && <Confirm title={t.acceptEmpty} text={ask} action={t.acceptEmpty} run={letGo} onDone={onDone} onClose={() => setAsked(false)} />}
    </Note>
  );
};
