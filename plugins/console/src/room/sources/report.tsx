/** What a connection test found: every step by sign and word, with what the server said. */
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import type { ConnectionReport } from '@ringbook/contracts/book';
import { showCount } from '../../lib/when.js';
import { Note } from '../../part/note.js';
import { w } from '../../words/index.js';
import css from './sources.module.css';

const t = w.sources;
type Step = ConnectionReport['steps'][number];
const ICON = { ok: IconCheck, failed: IconX, skipped: IconMinus, none: IconMinus };

/** After a failure the rest was not tried, and needs no words of its own; else a step that is left out says why. */
const Steps = ({ steps, ok }: { steps: readonly Step[]; ok: boolean }) => {
  const failed = steps.findIndex((step) => step.ok === false);
  return (
    <ol className={css.steps}>
      {steps.map((step, i) => {
        const state = step.ok === null ? (failed >= 0 && i > failed ? 'skipped' : 'none') : step.ok ? 'ok' : 'failed';
        const Icon = ICON[state];
        return <li key={step.step} data-state={state}><Icon size={18} aria-hidden /><div><strong>{t.step[step.step]}</strong> <span className={css.said}>{t.stepState[state]}</span>{step.text && (state !== 'skipped' || ok) && <p><bdi dir="auto">{step.text}</bdi></p>}</div></li>;
      })}
    </ol>
  );
};

/** What works is folded away, so that what can be added stands in sight; what does not is all there. */
export const Report = ({ report }: { report: ConnectionReport }) => {
  const odd = report.steps.filter((step) => step.ok === null && step.text);
  return (
    <section aria-label={t.report} className={css.report}>
      <Note tone={report.ok ? 'good' : 'warn'}><p>{report.ok ? t.passed : t.failed}{report.ok && report.contacts !== null && ` ${t.contacts(report.contacts, showCount(report.contacts))}`}</p></Note>
      {report.ok ? (
        <>
          {odd.map((step) => <Note key={step.step}><p><bdi dir="auto">{step.text}</bdi></p></Note>)}
          <details className={css.more}><summary>{t.report}</summary><div><Steps steps={report.steps} ok /></div></details>
        </>
      ) : <Steps steps={report.steps} ok={false} />}
    </section>
  );
};
