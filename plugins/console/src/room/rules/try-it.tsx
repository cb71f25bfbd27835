/** Asks what would happen to a call under the saved rules. */
import { Button, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import type { LineNumber } from '@ringbook/contracts/account';
import type { Profile } from '@ringbook/contracts/profile';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../../api.js';
import { serverNow } from '../../lib/clock.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { instantToLocal, localToInstant } from '../../lib/when.js';
import { AnswerPanel } from '../../part/answer.js';
import { Panel, ProblemNote } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from './rules.module.css';

const t = w.rules.tryIt;
interface TryProps { numbers: LineNumber[]; saved: Profile | undefined; dirty: boolean }

export const TryIt = ({ numbers, saved, dirty }: TryProps) => {
  const [from, setFrom] = useState('');
  const [withheld, setWithheld] = useState(false);
  const [to, setTo] = useState<string | null>(null);
  const [at, setAt] = useState<string | null>(null);
  const called = to ?? numbers[0]?.number;
  const ask = useMutation({ mutationFn: () => api.decide({ from: withheld ? 'withheld' : from.trim(), to: called!, ...(at ? { at: localToInstant(at) } : {}) }) });
  const submit = (event: FormEvent) => { event.preventDefault(); ask.mutate(); };
  if (called === undefined) return <Panel><h2>{t.title}</h2><p className="dim">{t.noNumber}</p></Panel>;
  return (
    <Panel label={t.title}>
      <form className={css.try} onSubmit={submit}>
        <h2>{t.title}</h2>
        <p className="dim small" style={{ margin: 0 }}>{t.lead} {dirty ? <strong>{t.notSaved}</strong> : `${t.saved}.`}</p>
        <TextInput type="tel" label={t.from} placeholder={t.fromPlaceholder} disabled={withheld} value={withheld ? '' : from} error={fieldError(ask.error, 'from')} onChange={(e) => setFrom(e.currentTarget.value)} />
        <Switch label={t.withheld} checked={withheld} onChange={(e) => setWithheld(e.currentTarget.checked)} />
        {numbers.length > 1 && <Select label={t.to} data={numbers.map((n) => n.number)} value={called} error={fieldError(ask.error, 'to')} onChange={setTo} />}
        <div>
          <span className={css.label} id="try-at">{t.at}</span>
          <SegmentedControl size="xs" aria-labelledby="try-at" value={at === null ? 'now' : 'then'} data={[{ value: 'now', label: t.atNow }, { value: 'then', label: t.atThen }]} onChange={(v) => setAt(v === 'now' ? null : instantToLocal(serverNow()))} />
        </div>
        {at !== null && <TextInput type="datetime-local" aria-label={t.at} value={at} error={fieldError(ask.error, 'at')} onChange={(e) => setAt(e.currentTarget.value)} />}
        <Button type="submit" disabled={!withheld && !from.trim()} loading={ask.isPending}>{t.submit}</Button>
        <ProblemNote error={beyondFields(ask.error, ['from', 'at', ...(numbers.length > 1 ? ['to'] : [])])} />
      </form>
      <div role="status">{ask.data && <AnswerPanel answer={ask.data} profile={saved} />}</div>
    </Panel>
  );
};
