/** Moving codes that are there already: shown first, then done with progress, and taken back if wanted. */
import { Button } from '@mantine/core';
import type { AddressBook } from '@ringbook/contracts/book';
import type { Carrier, CarrierMigration } from '@ringbook/contracts/carrier';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { showCount } from '../../lib/when.js';
import { Age, ProblemNote } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import { CodeBadge, Name } from '../../part/name.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { ProgressBar } from '../../part/progress.js';
import { w } from '../../words/index.js';
import { refreshBooks } from '../books/health.js';
import { carrierWords } from '../books/words.js';

const t = w.carrier.move;
const isMoving = ({ state }: CarrierMigration) => state === 'planned' || state === 'running' || state === 'undoing';
export const useMigrations = (bookId: string) => useQuery({
  queryKey: keys.migrations(bookId), queryFn: () => api.books.migrations(bookId), refetchInterval: (query) => (query.state.data?.items.some(isMoving) ? 1000 : false),
});
const refresh = (bookId: string) => { void queries.invalidateQueries({ queryKey: keys.migrations(bookId) }); void queries.invalidateQueries({ queryKey: keys.fields(bookId) }); refreshBooks(); };

const Items = ({ items }: { items: CarrierMigration['items'] }) => (
  <div className={part.scroll} tabIndex={0} role="region" aria-label={t.list}>
    <ul className={part.lines}>{items.map((item, i) => <li key={item.contactId ?? i}><span className={part.grow}><Name>{item.name}</Name>{item.problem && <span className="small" style={{ display: 'block', color: 'var(--bad)' }}><bdi dir="auto">{item.problem}</bdi></span>}</span><CodeBadge code={item.code} short /></li>)}</ul>
  </div>
);

export const Move = ({ book, to, onDone }: { book: AddressBook; to: Carrier; onDone: () => void }) => {
  const [asked, setAsked] = useState(false);
  const plan = useMutation({ mutationFn: () => api.books.migrate(book.id, { to, dryRun: true }) });
  const run = useMutation({ mutationFn: () => api.books.migrate(book.id, { to }), onSuccess: () => { refresh(book.id); onDone(); } });
  const { codes } = book.health;
  const dry = plan.data;
  return (
    <section aria-label={t.title(codes, showCount(codes))} className={part.stack}>
      <h3 style={{ margin: 0 }}>{t.title(codes, showCount(codes))}</h3>
      <p className="dim small" style={{ margin: 0 }}>{t.lead}</p>
      {dry && (
        <div className={part.stack} role="status">
          <Note tone={dry.failed > 0 ? 'warn' : 'good'}><p>{t.would(dry.total - dry.failed, showCount(dry.total - dry.failed))} {dry.failed > 0 && t.problems(dry.failed, showCount(dry.failed))}</p></Note>
          {dry.items.length > 0 && <Items items={dry.items} />}
        </div>
      )}
      <ProblemNote error={plan.error ?? run.error} />
      <div className={part.actions}>
        {dry ? <Button size="xs" disabled={dry.total - dry.failed === 0} loading={run.isPending} onClick={() => run.mutate()}>{t.run(dry.total - dry.failed, showCount(dry.total - dry.failed))}</Button>
          : <Button size="xs" loading={plan.isPending} onClick={() => plan.mutate()}>{t.plan}</Button>}
        <Button size="xs" variant="default" onClick={() => setAsked(true)}>{t.without}</Button>
        <span className="dim small" role="status">{plan.isPending ? t.planning : ''}</span>
      </div>
      {asked && <Confirm title={t.without} text={t.withoutAsk(carrierWords(to))} action={w.carrier.use} run={() => api.books.setCarrier(book.id, to)} onDone={() => { refresh(book.id); onDone(); }} onClose={() => setAsked(false)} />}
    </section>
  );
};

const One = ({ book, move, last }: { book: AddressBook; move: CarrierMigration; last: boolean }) => {
  const [asked, setAsked] = useState(false);
  const at = move.endedAt ?? move.startedAt;
  return (
    <li>
      <div className={part.grow}>
        <strong>{t.state[move.state]}</strong> {move.state === 'undoing' || move.state === 'undone' ? t.route(carrierWords(move.to), carrierWords(move.from)) : t.route(carrierWords(move.from), carrierWords(move.to))}
        <div className="dim small">{t.progress(showCount(move.done), showCount(move.total))}{move.failed > 0 && `, ${t.failed(move.failed, showCount(move.failed))}`}{at && <> · <Age at={at} /></>}</div>
        {move.text && <div className="small"><bdi dir="auto">{move.text}</bdi></div>}
        {isMoving(move) && <ProgressBar label={t.state[move.state]} done={move.done} total={move.total} words={t.progress} />}
      </div>
      {last && move.id && (move.state === 'done' || move.state === 'running') && <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>{t.undo}</Button>}
      {asked && <Confirm title={t.undo} text={t.undoAsk(carrierWords(move.from))} action={t.undo} run={() => api.books.undoMigration(book.id, move.id!)} onDone={() => refresh(book.id)} onClose={() => setAsked(false)} />}
    </li>
  );
};

/** Earlier moves, the last one first; only that one can be taken back. */
export const Moves = ({ book }: { book: AddressBook }) => {
  const moves = useMigrations(book.id).data?.items ?? [];
  return moves.length === 0 ? null : <div><h3 style={{ margin: 0 }}>{t.history}</h3><ul className={part.lines} aria-label={t.history}>{moves.slice(0, 5).map((move, i) => <One key={move.id ?? i} book={book} move={move} last={i === 0} />)}</ul></div>;
};
