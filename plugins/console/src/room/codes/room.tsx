/** What one's codes mean: name, colour, a sentence. They show wherever the code does. */
import { ActionIcon, Anchor, Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTag, IconX } from '@tabler/icons-react';
import type { CodeMeaning } from '@ringbook/contracts/carrier';
import { ProblemError } from '@ringbook/contracts/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { problemText } from '../../lib/problem.js';
import { unsent } from '../../lib/unsent.js';
import { showCount } from '../../lib/when.js';
import { Empty, Panel, ProblemNote, Room, Waiting } from '../../part/basics.js';
import { Toned } from '../../part/name.js';
import { SaveBar } from '../../part/save-bar.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import { LeaveGuard } from '../rules/guards.js';
import own from './codes.module.css';
import { clearEntry, meaningsOf, putEntry, sameMeanings, type Entry } from './draft.js';

const t = w.codes;
type Colour = NonNullable<CodeMeaning['colour']>;
const COLOURS = Object.entries(t.colours).map(([value, label]) => ({ value, label }));

const Row = ({ entry, errors, onChange, onClear }: { entry: Entry; errors: Record<string, string>; onChange: (patch: Partial<CodeMeaning>) => void; onClear: () => void }) => {
  const counted = entry.contacts !== undefined;
  return (
    <li className={own.row} id={`code-${entry.code}`}>
      <div className={own.head}>
        <div>
          <Toned code={entry.code} name={entry.name} colour={entry.colour} />
          {counted && <span className="dim small"><Anchor component={Link} inherit underline="always" to={`/contacts?code=${entry.code}`}>{t.used(entry.contacts ?? 0, showCount(entry.contacts ?? 0), entry.rules ?? 0)}<span className="hidden">: {entry.code}</span></Anchor>{entry.rules === 0 && ` · ${t.noRule}`}</span>}
        </div>
        <ActionIcon aria-label={t.clear(entry.code)} title={t.clear(entry.code)} onClick={onClear}><IconX size={17} /></ActionIcon>
      </div>
      <div className={own.fields} role="group" aria-label={w.code(entry.code)}>
        <TextInput size="xs" label={t.name} placeholder={t.namePlaceholder} maxLength={40} value={entry.name ?? ''} error={errors['name']} onChange={(e) => onChange({ name: e.currentTarget.value })} />
        <Select size="xs" label={t.colour} data={COLOURS} value={entry.colour ?? 'none'} error={errors['colour']} onChange={(value) => onChange({ colour: value === 'none' ? undefined : value as Colour })}
          renderOption={({ option }) => (option.value === 'none' ? option.label : <span className={part.actions}><span aria-hidden><Toned code={entry.code} colour={option.value as Colour} /></span>{option.label}</span>)} />
        <TextInput size="xs" className={own.wide} label={t.meaning} placeholder={t.meaningPlaceholder} maxLength={200} value={entry.meaning ?? ''} error={errors['meaning']} onChange={(e) => onChange({ meaning: e.currentTarget.value })} />
      </div>
    </li>
  );
};

const Add = ({ taken, onAdd }: { taken: (code: string) => boolean; onAdd: (code: string) => void }) => {
  const [code, setCode] = useState('');
  const typed = code.trim();
  const error = typed && !/^[A-Za-z0-9_-]{1,24}$/.test(typed) ? t.codeHelp : taken(typed) ? `${typed} ${t.taken}` : undefined;
  const submit = (event: FormEvent) => { event.preventDefault(); if (typed && !error) { onAdd(typed); setCode(''); } };
  return (
    <form onSubmit={submit} className={own.add}>
      <TextInput label={t.code} description={t.codeHelp} value={code} maxLength={24} spellCheck={false} error={error} onChange={(e) => setCode(e.currentTarget.value)} />
      <Button type="submit" variant="default" leftSection={<IconPlus size={16} aria-hidden />} disabled={!typed || error !== undefined}>{t.add}</Button>
    </form>
  );
};

const useDraft = () => {
  const asked = useQuery({ queryKey: keys.codes, queryFn: api.codes.list, staleTime: 60_000 });
  const [draft, setDraft] = useState<Entry[] | null>(null);
  const kept: Entry[] = asked.data?.codes ?? [];
  const entries = draft ?? kept;
  const dirty = draft !== null && !sameMeanings(draft, kept);
  const save = useMutation({ mutationFn: (sent: Entry[]) => api.codes.save({ codes: meaningsOf(sent) }), onSuccess: (answer, sent) => { queries.setQueryData(keys.codes, answer); setDraft((now) => unsent(now, sent)); } });
  return { asked, entries, dirty, save, change: (next: Entry[]) => { if (save.isSuccess) save.reset(); setDraft(next); }, discard: () => { setDraft(null); save.reset(); } };
};

/** The server names what is wrong by its place in what was sent. */
const errorsOf = (error: unknown, entries: readonly Entry[], code: string): Record<string, string> => {
  if (!(error instanceof ProblemError)) return {};
  const at = meaningsOf(entries).findIndex((each) => each.code === code);
  return Object.fromEntries(Object.entries(error.fields).filter(([path]) => path.startsWith(`codes.${at}.`)).map(([path, text]) => [path.slice(`codes.${at}.`.length), text]));
};

export const CodesRoom = () => {
  const { asked, entries, dirty, save, change, discard } = useDraft();
  const focus = (code: string) => requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${CSS.escape(`code-${code}`)} input`)?.focus());
  return (
    <Room title={t.title}>
      <div className={css.stack}>
        <p className="dim" style={{ margin: 0 }}>{t.lead}</p>
        <ProblemNote error={asked.error} retry={() => void asked.refetch()} />
        {asked.isPending ? <Waiting /> : (
          <>
            {entries.length === 0 ? <Empty icon={<IconTag size={36} stroke={1.5} />} title={t.empty}><p>{t.emptyHelp}</p></Empty>
              : <Panel><ul className={own.list} aria-label={t.list}>{entries.map((entry) => <Row key={entry.code} entry={entry} errors={errorsOf(save.error, entries, entry.code)} onChange={(patch) => change(putEntry(entries, entry.code, patch))} onClear={() => change(clearEntry(entries, entry.code))} />)}</ul></Panel>}
            <Panel><Add taken={(code) => entries.some((each) => each.code.toLowerCase() === code.toLowerCase())} onAdd={(code) => { change([...entries, { code }]); focus(code); }} /></Panel>
            {save.error !== null && <ProblemNote error={new Error(problemText(save.error))} />}
            <SaveBar dirty={dirty} saved={save.isSuccess} saving={save.isPending} words={t} onSave={() => save.mutate(entries)} onDiscard={discard} />
          </>
        )}
      </div>
      <LeaveGuard dirty={dirty} />
    </Room>
  );
};
