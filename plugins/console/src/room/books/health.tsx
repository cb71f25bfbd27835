/** How a book is doing: its state, what went wrong, how far a sync is, how much is in it. */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClock, IconFile, IconRefresh } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { useNow } from '../../lib/clock.js';
import { showCount } from '../../lib/when.js';
import { Age } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import part from '../../part/part.module.css';
import { Note } from '../../part/note.js';
import { ProgressBar } from '../../part/progress.js';
import { w } from '../../words/index.js';
import { carrierShort, isSynced } from './words.js';

const t = w.books;
const ICON = { new: IconClock, ok: IconCheck, syncing: IconRefresh, failing: IconAlertTriangle };
export const refreshBooks = () => { for (const key of [keys.books, keys.contacts]) void queries.invalidateQueries({ queryKey: key }); };

export const State = ({ book, inside }: { book: AddressBook; /** On its own page, where files are imported. */ inside?: boolean }) => {
  const { health } = book;
  if (!isSynced(book)) return <p className={`${part.state} ${part.kept}`}><IconFile size={17} aria-hidden /><span><strong>{t.fileState.title}.</strong> {health.contacts > 0 ? t.fileState.text : inside ? t.fileState.noneHere : t.fileState.none}</span></p>;
  const Icon = ICON[health.state];
  return <p className={`${part.state} ${part[health.state]}`}><Icon size={17} aria-hidden /><span><strong>{t.state[health.state]}.</strong> {health.state === 'failing' && health.lastSuccess === null ? t.neverRead : t.stateHelp[health.state]}</span></p>;
};

/** The server shows far less than before: nothing was deleted, and the person decides. */
const Held = ({ book }: { book: AddressBook }) => {
  const [asked, setAsked] = useState(false);
  const [kept, setKept] = useState(false);
  return (
    <Note tone="warn" label={t.held.title}>
      <p><strong>{t.held.title}.</strong> <bdi dir="auto">{book.health.lastError?.text}</bdi></p>
      {kept ? <p role="status">{t.held.kept}</p> : (
        <div className={part.actions}>
          <Button size="xs" variant="default" onClick={() => setKept(true)}>{t.held.keep}<span className="hidden">: {book.name}</span></Button>
          <Button size="xs" variant="outline" color="red" onClick={() => setAsked(true)}>{t.held.acceptEmpty}<span className="hidden">: {book.name}</span></Button>
        </div>
      )}
      {asked && <Confirm title={t.held.acceptEmpty} text={t.held.ask(book.name)} action={t.held.acceptEmpty} run={() => api.books.sync(book.id, { acceptEmpty: true })} onDone={refreshBooks} onClose={() => setAsked(false)} />}
    </Note>
  );
};

export const isHeld = (code: string) => code.startsWith('sync.would-');
export const Trouble = ({ book, mine }: { book: AddressBook; mine: boolean }) => {
  const { lastError, state } = book.health;
  if (!lastError || state !== 'failing') return null;
  if (mine && isHeld(lastError.code)) return <Held book={book} />;
  return <div className={part.problem}><IconAlertTriangle size={18} aria-hidden /><span>{t.lastError}: <bdi dir="auto">{lastError.text}</bdi> <span className="small">({lastError.code}, <Age at={lastError.at} />)</span></span></div>;
};

export const Progress = ({ book }: { book: AddressBook }) => {
  const { progress, state } = book.health;
  return state === 'syncing' ? <ProgressBar label={t.progressLabel(book.name)} done={progress?.done ?? 0} total={progress?.total ?? 0} words={t.progress} /> : null;
};

export const Counts = ({ book: { health, carrier, kind } }: { book: AddressBook }) => {
  const now = useNow();
  const counts: [string, number, boolean][] = [[t.contacts, health.contacts, true], [t.numbers, health.numbers, true], [t.codes, health.codes, true], [t.skipped, health.skipped, health.skipped > 0], [t.pending, health.pending, health.pending > 0], [t.refused, health.refused, health.refused > 0], [t.lost, health.lost, health.lost > 0]];
  return (
    <dl className={part.counts}>
      {counts.filter(([, , shown]) => shown).map(([word, n]) => <div key={word}><dt>{word}</dt><dd>{showCount(n)}</dd></div>)}
      {kind !== 'import' && <div><dt>{t.lastSuccess}</dt><dd>{health.lastSuccess ? <Age at={health.lastSuccess} /> : t.never}</dd></div>}
      {kind !== 'import' && health.nextRun && Date.parse(health.nextRun) > now && <div><dt>{t.next}</dt><dd>{Date.parse(health.nextRun) - now < 15_000 ? t.soon : <Age at={health.nextRun} />}</dd></div>}
      <div><dt>{t.code}</dt><dd>{carrierShort(carrier)}</dd></div>
    </dl>
  );
};
