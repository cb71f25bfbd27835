/** One code for many contacts: says how many and where it is written before anything is. */
import { Button, Checkbox } from '@mantine/core';
import type { BulkAnswer } from '@ringbook/contracts/contact';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { asKnown, useCodes } from '../../lib/codes.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { showCount } from '../../lib/when.js';
import { ProblemNote } from '../../part/basics.js';
import { CodeInput } from '../../part/code-input.js';
import { Dialog } from '../../part/dialog.js';
import { Name } from '../../part/name.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { ProgressBar } from '../../part/progress.js';
import css from '../../part/split.module.css';
import { w } from '../../words/index.js';
import { perBook, type Selection } from './use-selection.js';

const t = w.calls.contacts.many;
const LOT = 1000;

interface Sum extends BulkAnswer { /** Codes were taken away. */ cleared: boolean; /** Not asked for, because it was stopped. */ left: number }

/** In lots, so that the bar moves, no request is longer than the server takes, and it can be stopped between two. */
const useMany = (ids: string[]) => {
  const [done, setDone] = useState(0);
  const [stopping, setStopping] = useState(false);
  const stopped = useRef(false);
  const run = useMutation({
    mutationFn: async (handlingCode: string | null) => {
      const sum: Sum = { queued: 0, unchanged: 0, refused: [], cleared: handlingCode === null, left: 0 };
      setDone(0); setStopping(false); stopped.current = false;
      for (let at = 0; at < ids.length; at += LOT) {
        if (stopped.current) return { ...sum, left: ids.length - at };
        const answer = await api.contacts.setCodes({ handlingCode, contacts: ids.slice(at, at + LOT) });
        sum.queued += answer.queued; sum.unchanged += answer.unchanged; sum.refused.push(...answer.refused);
        setDone(Math.min(ids.length, at + LOT));
      }
      return sum;
    },
    onSettled: () => { for (const key of [keys.contacts, keys.books, keys.codes]) void queries.invalidateQueries({ queryKey: key }); },
  });
  return { done, run, stopping, stop: () => { stopped.current = true; setStopping(true); } };
};

const Result = ({ answer, onClose }: { answer: Sum; onClose: () => void }) => (
  <div className={part.stack}>
    <div role="status"><Note tone={answer.refused.length || answer.left ? 'warn' : 'good'}>
      <p>{(answer.cleared ? t.cleared : t.done)(answer.queued, showCount(answer.queued))} {answer.unchanged > 0 && (answer.cleared ? t.hadNone : t.unchanged)(answer.unchanged, showCount(answer.unchanged))} {answer.left > 0 && t.left(answer.left, showCount(answer.left))}</p>
      {answer.refused.length > 0 && <><p>{t.refused(answer.refused.length, showCount(answer.refused.length))}</p><ul className={part.scroll}>{answer.refused.slice(0, 100).map((each) => <li key={each.contactId}><Name>{each.name}</Name>: {each.text}</li>)}</ul></>}
    </Note></div>
    <div><Button data-autofocus onClick={onClose}>{w.close}</Button></div>
  </div>
);

const SetMany = ({ selection, onClose }: { selection: Selection; onClose: (done: boolean) => void }) => {
  // What was confirmed is what is written, whatever is found meanwhile.
  const [chosen] = useState(() => [...selection.chosen.values()]);
  const known = useCodes();
  const [code, setCode] = useState('');
  const [clear, setClear] = useState(false);
  const { done, run, stopping, stop } = useMany(chosen.map(({ id }) => id));
  const n = chosen.length;
  const typed = asKnown(code.trim(), known);
  const submit = (event: FormEvent) => { event.preventDefault(); run.mutate(clear ? null : typed); };
  return (
    <Dialog title={t.title(n, showCount(n))} typing dismissable={!run.isPending} onClose={() => onClose(run.isSuccess)}>
      {run.data ? <Result answer={run.data} onClose={() => onClose(true)} /> : (
        <form onSubmit={submit} className={part.stack}>
          {!clear && <CodeInput label={w.codes.pick} value={code} autoFocus disabled={run.isPending} error={fieldError(run.error, 'handlingCode')} onChange={setCode} />}
          <Checkbox label={t.clear} checked={clear} disabled={run.isPending} onChange={(e) => setClear(e.currentTarget.checked)} />
          <div><span className="small dim">{t.where}</span><ul className={part.lines}>{perBook(chosen).map(({ book, count }) => <li key={book} style={{ padding: '0.25rem 0' }}><bdi dir="auto">{t.whereOne(book, count, showCount(count))}</bdi></li>)}</ul><p className="small dim" style={{ margin: '0.25rem 0 0' }}>{t.whereHelp}</p></div>
          {run.isPending && <ProgressBar label={t.title(n, showCount(n))} done={done} total={n} words={t.progress} />}
          <ProblemNote error={beyondFields(run.error, ['handlingCode'])} />
          {run.isError && done > 0 && <p className="small" style={{ margin: 0 }}>{t.before(showCount(done), showCount(n))}</p>}
          <div className={part.actions}>
            <Button type="submit" color={clear ? 'red' : undefined} disabled={!clear && !typed} loading={run.isPending}>{clear ? t.runClear(n, showCount(n)) : typed ? t.run(typed, n, showCount(n)) : t.set}</Button>
            {run.isPending ? <Button variant="default" disabled={stopping} onClick={stop}>{stopping ? t.stopping : t.stop}</Button> : <Button variant="default" onClick={() => onClose(false)}>{w.cancel}</Button>}
          </div>
        </form>
      )}
    </Dialog>
  );
};

export const SelectionBar = ({ selection }: { selection: Selection }) => {
  const [open, setOpen] = useState(false);
  const n = selection.chosen.size;
  return (
    <div className={css.selection} role="group" aria-label={t.bar}>
      <span className={css.grow} role="status">{selection.counting === null ? t.chosen(n, showCount(n)) : t.counting(showCount(selection.counting))}</span>
      <Button size="compact-sm" variant="default" loading={selection.counting !== null} onClick={() => void selection.all(t.tooMany)}>{t.all}</Button>
      {n > 0 && <Button size="compact-sm" variant="default" onClick={selection.clear}>{t.none}</Button>}
      <Button size="compact-sm" disabled={n === 0} onClick={() => setOpen(true)}>{t.set}</Button>
      <Button size="compact-sm" variant="subtle" onClick={selection.end}>{t.end}</Button>
      <ProblemNote error={selection.problem} />
      {open && <SetMany selection={selection} onClose={(done) => { setOpen(false); if (done) selection.end(); }} />}
    </div>
  );
};
