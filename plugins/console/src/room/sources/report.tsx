/** What a connection test found: every step by sign and word, with what the server said. */
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import type { ConnectionReport } from '@ringbook/contracts/book';
import { showCount } from '../../lib/when.js';
import { Note } from '../../part/note.js';
import { w } from '../../words/index.js';
import css from './sources.module.css';

const t = w.sources;
const stateOf = (ok: boolean | null) => (ok === null ? 'skipped' : ok ? 'ok' : 'failed');
const ICON = { ok: IconCheck, failed: IconX, skipped: IconMinus };

export const Report = ({ report }: { report: ConnectionReport }) => (
  <section aria-label={t.report} className={css.report}>
    <Note tone={report.ok ? 'good' : 'warn'}><p>{report.ok ? t.passed : t.failed}{report.ok && report.contacts !== null && ` ${t.contacts(report.contacts, showCount(report.contacts))}`}</p></Note>
    <ol className={css.steps}>
      {report.steps.map(({ step, ok, text }) => {
        const state = stateOf(ok);
        const Icon = ICON[state];
        return <li key={step} data-state={state}><Icon size={18} aria-hidden /><div><strong>{t.step[step]}</strong> <span className={css.said}>{t.stepState[state]}</span>{text && <p><bdi dir="auto">{text}</bdi></p>}</div></li>;
      })}
    </ol>
  </section>
);
