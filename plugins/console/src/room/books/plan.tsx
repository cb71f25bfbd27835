/** The dry run: what a sync would do now, and then doing it. */
import { Button } from '@mantine/core';
import { IconArrowRight, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import type { AddressBook, SyncPlan } from '@ringbook/contracts/book';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.js';
import { showCount } from '../../lib/when.js';
import { Panel, ProblemNote } from '../../part/basics.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import { refreshBooks } from './health.js';

const t = w.books.plan;
const LINES = [['add', IconPlus, part.good], ['update', IconPencil, part.soso], ['remove', IconMinus, part.bad]] as const;

const Changes = ({ plan }: { plan: SyncPlan }) => {
  const lines = LINES.filter(([key]) => plan[key].count > 0);
  return (
    <>
      {plan.kind === 'held' && <Note tone="warn"><p>{t.held}</p></Note>}
      <p><bdi dir="auto">{plan.text}</bdi> <span className="dim small">{t[plan.listing]}</span></p>
      {lines.length > 0 && (
        <ul className={part.lines}>
          {lines.map(([key, Icon, tone]) => {
            const { count, names } = plan[key];
            const rest = count - names.length;
            return (
              <li key={key}><span className={`${part.mark} ${tone}`}><Icon size={16} aria-hidden />{t[key](count, showCount(count))}</span>
                {names.length > 0 && <span className={`${part.grow} dim small`} style={{ flexBasis: '100%' }}>{names.map((name, i) => <span key={i}>{i > 0 && ', '}<bdi dir="auto">{name}</bdi></span>)}{rest > 0 && ` ${t.andMore(rest, showCount(rest))}`}</span>}
              </li>
            );
          })}
        </ul>
      )}
      <p className="dim small">{t.unchanged(plan.unchanged, showCount(plan.unchanged))}{plan.skipped > 0 && `, ${t.skipped(plan.skipped, showCount(plan.skipped))}`}.</p>
    </>
  );
};

export const usePlan = (book: AddressBook) => {
  /** The last answer stays while the server is asked again. */
  const [plan, setPlan] = useState<SyncPlan | null>(null);
  const ask = useMutation({ mutationFn: () => api.books.plan(book.id), onSuccess: setPlan });
  const close = () => { setPlan(null); ask.reset(); };
  const run = useMutation({ mutationFn: () => api.books.sync(book.id), onSuccess: () => { close(); refreshBooks(); } });
  return { plan, ask, run, close };
};

export const PlanPanel = ({ book, plan, ask, run, close }: { book: AddressBook } & ReturnType<typeof usePlan>) => {
  const nothing = plan !== null && plan.kind === 'go' && plan.add.count + plan.update.count + plan.remove.count === 0;
  return (
    <>
      <div role="status" className={ask.isPending && !plan ? undefined : 'hidden'}>{ask.isPending ? <p className="dim">{t.asking}</p> : run.isSuccess && !plan ? <p className="hidden">{t.doing}</p> : null}</div>
      <ProblemNote error={ask.error ?? run.error} />
      {plan && (
        <Panel label={t.title}>
          <h2>{t.title}</h2>
          <p className="dim small">{t.lead}</p>
          {nothing ? <p>{t.nothing}</p> : <Changes plan={plan} />}
          <div className={part.actions}>
            {!nothing && plan.kind === 'go' && <Button size="xs" leftSection={<IconArrowRight size={15} aria-hidden />} loading={run.isPending} disabled={ask.isPending || book.health.state === 'syncing'} onClick={() => run.mutate()}>{t.run}</Button>}
            <Button size="xs" variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>{t.again}</Button>
            <Button size="xs" variant="subtle" onClick={close}>{w.close}</Button>
          </div>
        </Panel>
      )}
    </>
  );
};
