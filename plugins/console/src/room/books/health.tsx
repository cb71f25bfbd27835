/** How a book is doing: its state, what went wrong, how far a sync is, how much is in it. */
import { IconAlertTriangle, IconCheck, IconClock, IconFile, IconRefresh } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { api, keys, queries } from '../../api.js';
import { showCount } from '../../lib/when.js';
import { Age } from '../../part/basics.js';
import { Held, isHeld } from '../../part/held.js';
import { Next } from '../../part/next.js';
import part from '../../part/part.module.css';
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

export const Trouble = ({ book, mine }: { book: AddressBook; mine: boolean }) => {
  const { lastError, state } = book.health;
  if (!lastError || state !== 'failing') return null;
  if (mine && isHeld(lastError.code)) return <Held name={book.name} text={lastError.text} ask={t.held.ask(book.name)} kept={t.held.kept} letGo={() => api.books.sync(book.id, { acceptEmpty: true })} onDone={refreshBooks} />;
  return <div className={part.problem}><IconAlertTriangle size={18} aria-hidden /><span>{t.lastError}: <bdi dir="auto">{lastError.text}</bdi> <span className="small">({lastError.code}, <Age at={lastError.at} />)</span></span></div>;
};

export const Progress = ({ book }: { book: AddressBook }) => {
  const { progress, state } = book.health;
  return state === 'syncing' ? <ProgressBar label={t.progressLabel(book.name)} done={progress?.done ?? 0} total={progress?.total ?? 0} words={t.progress} /> : null;
};

export const Counts = ({ book: { health, carrier, kind } }: { book: AddressBook }) => {
  const counts: [string, number, boolean][] = [[t.contacts, health.contacts, true], [t.numbers, health.numbers, true], [t.codes, health.codes, true], [t.skipped, health.skipped, health.skipped > 0], [t.pending, health.pending, health.pending > 0], [t.refused, health.refused, health.refused > 0], [t.lost, health.lost, health.lost > 0]];
  return (
    <dl className={part.counts}>
      {counts.filter(([, , shown]) => shown).map(([word, n]) => <div key={word}><dt>{word}</dt><dd>{showCount(n)}</dd></div>)}
      {kind !== 'import' && <div><dt>{t.lastSuccess}</dt><dd>{health.lastSuccess ? <Age at={health.lastSuccess} /> : t.never}</dd></div>}
      {kind !== 'import' && <Next at={health.nextRun} />}
      <div><dt>{t.code}</dt><dd>{carrierShort(carrier)}</dd></div>
    </dl>
  );
};
