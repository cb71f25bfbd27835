/** One call: what happened, what was decided and from which facts, step by step. */
import { Anchor, Button, Switch, Textarea } from '@mantine/core';
import type { CallDetail, TraceStep } from '@ringbook/contracts/call';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { formatDuration, secondsBetween } from '../../lib/age.js';
import { useNow } from '../../lib/clock.js';
import { useNames } from '../../lib/names.js';
import { contactPath } from '../../lib/paths.js';
import { capital, methodSentence } from '../../lib/sentence.js';
import { traceText, withNames } from '../../lib/trace.js';
import { showFull, showSeconds } from '../../lib/when.js';
import { Panel, ProblemNote, Waiting, WhyList } from '../../part/basics.js';
import { CodeBadge, Name, Num, TierBadge } from '../../part/name.js';
import { WhoIsIt } from '../../part/who.js';
import { OutcomeWord } from '../../part/outcome.js';
import css from '../../part/part.module.css';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import { Player } from '../voicemail/player.js';

const t = w.calls.call;

const useTraceNames = () => {
  const { devices } = useMe();
  return { words: w.calls.trace, devices: Object.fromEntries(devices.map((d) => [d.extension, d.name])) };
};

const Head = ({ call }: { call: CallDetail }) => (
  <div className={css.title}>
    <h2><Name>{call.from.display}</Name></h2>
    <span className={css.badges}><CodeBadge code={call.code} /><TierBadge tier={call.from.tier} /></span>
  </div>
);

const Facts = ({ call }: { call: CallDetail }) => {
  const now = useNow(call.endedAt === null);
  const names = useTraceNames();
  return (
    <dl className={css.facts}>
      <dt>{w.number}</dt><dd><Num>{call.from.number}</Num></dd>
      {call.contact?.organisation && <><dt>{w.calls.contacts.organisation}</dt><dd><Name>{call.contact.organisation}</Name></dd></>}
      <dt>{t.handled}</dt><dd><OutcomeWord call={call} />{call.outcome && <span className="dim small"> {w.outcomeHelp[call.outcome]}</span>}</dd>
      <dt>{t.started}</dt><dd className="figures"><time dateTime={call.startedAt}>{showFull(call.startedAt)}</time></dd>
      <dt>{t.rang}</dt><dd className="figures">{formatDuration(secondsBetween(call.startedAt, call.answeredAt ?? call.endedAt, now))}</dd>
      {call.answeredAt && <><dt>{t.duration}</dt><dd className="figures">{formatDuration(secondsBetween(call.answeredAt, call.endedAt, now))}</dd></>}
      {call.answeredBy && <><dt>{t.answeredBy}</dt><dd><Name>{withNames(call.answeredBy, names)}</Name></dd></>}
      <dt>{t.called}</dt><dd><Num>{call.to}</Num></dd>
      {call.contact && <><dt /><dd><Anchor component={Link} inherit to={contactPath(call.contact.id)}>{t.openContact}</Anchor></dd></>}
    </dl>
  );
};

const Why = ({ call }: { call: CallDetail }) => {
  const names = useNames();
  if (!call.decision) return <Panel><h3>{t.why}</h3><p className="dim">{t.noDecision}</p></Panel>;
  return (
    <Panel>
      <h3>{t.why}</h3>
      <p><strong>{capital(methodSentence(call.decision.method, names))}.</strong></p>
      <WhyList because={call.decision.because} then={call.startedAt} />
    </Panel>
  );
};

/** Several contacts had this number when it called: who was it? */
const Who = ({ call }: { call: CallDetail }) => {
  const me = useMe();
  const number = call.userId === me.id && call.from.tier === 'ambiguous' ? call.from.number : null;
  const asked = useQuery({ queryKey: keys.lookup(number ?? ''), queryFn: () => api.contacts.lookup({ number: number! }), enabled: number !== null });
  if (number === null || !asked.data || asked.data.candidates.length === 0) return null;
  return <Panel><WhoIsIt number={number} candidates={asked.data.candidates} chosen={asked.data.chosen ? asked.data.contact : null} /></Panel>;
};

const dataWords = (data: TraceStep['data']) => Object.entries(data ?? {}).map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(' · ');
/** The steps in words; what the phone system calls them shows when it is asked for. */
const Trace = ({ call }: { call: CallDetail }) => {
  const names = useTraceNames();
  const [raw, setRaw] = useState(false);
  return (
    <Panel>
      <div className={css.headed}><h3 style={{ margin: '0 0 0.5rem' }}>{t.trace}</h3>{call.trace.length > 0 && <Switch size="xs" labelPosition="left" label={w.calls.trace.details} checked={raw} onChange={(e) => setRaw(e.currentTarget.checked)} />}</div>
      {call.trace.length === 0 ? <p className="dim">{t.traceEmpty}</p> : (
        <ol className={css.trace}>
          {call.trace.map((step, i) => (
            <li key={i}>
              <time dateTime={step.at} title={t.after(formatDuration(secondsBetween(call.startedAt, step.at, 0)))}>{showSeconds(step.at)}</time>
              <span className={css.what}><bdi dir="auto">{raw ? step.text : traceText(step.text, names)}</bdi>{raw && step.data && Object.keys(step.data).length > 0 && <span className={css.data}>{dataWords(step.data)}</span>}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
};

const Note = ({ call }: { call: CallDetail }) => {
  const me = useMe();
  const [note, setNote] = useState(call.note ?? '');
  const save = useMutation({
    mutationFn: () => api.calls.note(call.id, note.trim()),
    onSuccess: () => { queries.setQueryData(keys.call(call.id), { ...call, note: note.trim() || null }); void queries.invalidateQueries({ queryKey: keys.calls }); },
  });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  if (call.userId !== me.id) return call.note ? <Panel><h3>{t.note}</h3><p><bdi dir="auto">{call.note}</bdi></p></Panel> : null;
  return (
    <Panel>
      <form onSubmit={submit} className={css.stack}>
        <Textarea label={t.note} placeholder={t.notePlaceholder} autosize minRows={2} maxRows={10} maxLength={2000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        <div className={css.actions}>
          <Button type="submit" size="xs" variant="light" disabled={note.trim() === (call.note ?? '')} loading={save.isPending}>{t.noteSave}</Button>
          <span role="status" className="dim small">{save.isSuccess && note.trim() === (call.note ?? '') ? t.noteSaved : ''}</span>
        </div>
        <ProblemNote error={save.error} />
      </form>
    </Panel>
  );
};

export const CallPane = ({ id }: { id: string }) => {
  const asked = useQuery({ queryKey: keys.call(id), queryFn: () => api.calls.get(id) });
  if (!asked.data) return asked.error ? <ProblemNote error={asked.error} retry={() => void asked.refetch()} /> : <Waiting />;
  const call = asked.data;
  return (
    <article className={css.stack} aria-label={t.title(call.from.display)}>
      <Panel><Head call={call} /><Facts call={call} /></Panel>
      {call.voicemailId && <Panel><h3>{t.voicemail}</h3><Player id={call.voicemailId} name={call.from.display} /></Panel>}
      <Who call={call} />
      <Why call={call} />
      <Trace call={call} />
      <Note call={call} />
    </article>
  );
};
