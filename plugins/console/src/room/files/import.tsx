/** A file on its way in: what it would do, which column holds what, which lines are no use, and then the import itself. */
import { Button, Select, Switch } from '@mantine/core';
import type { AddressBook, ImportReport } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api.js';
import { showCount } from '../../lib/when.js';
import { ProblemNote, Waiting } from '../../part/basics.js';
import { Name } from '../../part/name.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import { refreshBooks } from '../books/health.js';
import type { ChosenFile } from './read.js';

const t = w.files;
type Kind = keyof typeof t.kinds;
type Columns = Record<string, Kind>;
const isKind = (holds: string): holds is Kind => holds in t.kinds;
const SHOWN = 100;

const ColumnTable = ({ report, columns, onChange }: { report: ImportReport; columns: Columns; onChange: (columns: Columns) => void }) => (
  <section aria-label={t.columns} className={part.stack}>
    <h3 style={{ margin: 0 }}>{t.columns}</h3>
    <p className="dim small" style={{ margin: 0 }}>{t.columnsLead}</p>
    <table className={part.table}>
      <caption className="hidden">{t.columns}</caption>
      <thead><tr><th scope="col">{t.heading}</th><th scope="col">{t.holds}</th></tr></thead>
      <tbody>
        {report.columns.map(({ heading, holds, sample }, i) => (
          <tr key={i}>
            <th scope="row"><Name>{heading || t.noHeading(i + 1)}</Name>{sample && <span className="dim small" style={{ display: 'block', fontWeight: 400 }}><bdi dir="auto">{sample}</bdi></span>}</th>
            <td><Select size="xs" aria-label={t.holdsOf(heading || t.noHeading(i + 1))} data={Object.entries(t.kinds).map(([value, label]) => ({ value, label }))} value={columns[heading] ?? (isKind(holds) ? holds : 'ignore')} onChange={(value) => onChange({ ...columns, [heading]: value as Kind })} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const Summary = ({ report }: { report: ImportReport }) => {
  const lines = [['added', report.added], ['updated', report.updated], ['unchanged', report.unchanged], ['removed', report.removed]] as const;
  return (
    <section aria-label={t.summary}>
      <h3 style={{ margin: 0 }}>{t.summary}</h3>
      <p className="dim small" style={{ margin: '0.2rem 0 0.4rem' }}>{t.lead2} {t.found(report.contacts, showCount(report.contacts))}.</p>
      <ul style={{ margin: 0, paddingInlineStart: '1.25rem' }}>{lines.filter(([key, n]) => n > 0 || key === 'added').map(([key, n]) => <li key={key}>{t[key](n, showCount(n))}</li>)}</ul>
    </section>
  );
};

const Problems = ({ problems }: Pick<ImportReport, 'problems'>) => (problems.length === 0 ? null : (
  <Note tone="warn" label={t.problems(problems.length, showCount(problems.length))}>
    <p><strong>{t.problems(problems.length, showCount(problems.length))}</strong></p>
    <div className={part.scroll} tabIndex={0} role="region" aria-label={t.problems(problems.length, showCount(problems.length))}>
      <ul style={{ margin: 0, paddingInlineStart: '1.25rem' }}>
        {problems.slice(0, SHOWN).map(({ line, text }, i) => <li key={i}>{t.line(showCount(line))}: <bdi dir="auto">{text}</bdi></li>)}
        {problems.length > SHOWN && <li>{t.moreProblems(showCount(problems.length - SHOWN))}</li>}
      </ul>
    </div>
  </Note>
));

export const Import = ({ book, file, onDone }: { book: AddressBook; file: ChosenFile; onDone: () => void }) => {
  const [columns, setColumns] = useState<Columns>({});
  const [replace, setReplace] = useState(false);
  /** The last look that came to an answer: it stays, and can be worked with, while another is taken or when one fails. */
  const [report, setReport] = useState<ImportReport | null>(null);
  const body = (dryRun: boolean) => ({ fileName: file.fileName, content: file.content, ...(Object.keys(columns).length ? { columns: all() } : {}), ...(replace ? { replace } : {}), ...(dryRun ? { dryRun } : {}) });
  const look = useMutation({ mutationFn: () => api.books.importFile(book.id, body(true)) });
  const run = useMutation({ mutationFn: () => api.books.importFile(book.id, body(false)), onSuccess: refreshBooks });
  /** Once one column is named by hand, all are told, so that the others stay as they are shown. */
  const all = (): Columns => Object.fromEntries((report?.columns ?? []).map(({ heading, holds }) => [heading, columns[heading] ?? (isKind(holds) ? holds : 'ignore')]));
  // Of several looks only the last one's answer is taken.
  const lookNow = () => look.mutate(undefined, { onSuccess: setReport });
  useEffect(lookNow, [replace, columns]); // oxlint-disable-line react-hooks/exhaustive-deps
  if (run.data) return <div role="status"><Note tone="good"><p>{t.done(showCount(run.data.added), showCount(run.data.updated), showCount(run.data.removed), run.data.removed)}</p></Note><Problems problems={run.data.problems} /></div>;
  const count = report ? report.added + report.updated + report.removed : 0;
  return (
    <div className={part.stack}>
      <p style={{ margin: 0 }}>{t.chosen}: <Name>{file.fileName}</Name></p>
      {!report && look.isPending && <><p className="dim small" role="status" style={{ margin: 0 }}>{t.looking}</p><Waiting /></>}
      <ProblemNote error={look.error} retry={lookNow} />
      {report && (
        <div className={part.stack} aria-busy={look.isPending}>
          {report.format === 'csv' && <ColumnTable report={report} columns={columns} onChange={setColumns} />}
          <div role="status"><Summary report={report} /></div>
          <Problems problems={report.problems} />
          <Switch label={t.replace} description={t.replaceHelp} checked={replace} onChange={(e) => setReplace(e.currentTarget.checked)} />
          <ProblemNote error={run.error} />
          <div className={part.actions}>
            <Button disabled={count === 0 || !look.isSuccess} loading={run.isPending} onClick={() => run.mutate()}>{t.run(count, showCount(count))}</Button>
            <Button variant="default" onClick={onDone}>{w.cancel}</Button>
          </div>
        </div>
      )}
    </div>
  );
};
