/** Fields of single methods. */
import { Button, NumberInput, SegmentedControl, Select, TextInput, Textarea } from '@mantine/core';
import type { Method } from '@ringbook/contracts/method';
import type { Device } from '@ringbook/contracts/account';
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useId, useRef } from 'react';
import { api, keys } from '../../api.js';
import { useUsers } from '../../lib/names.js';
import { w } from '../../words/index.js';
import { useWrong } from './errors.js';
import css from './rules.module.css';
import { Chips } from './when-editor.js';

const t = w.rules.method;
export type Of<K extends Method['kind']> = Extract<Method, { kind: K }>;
export interface FieldsProps<K extends Method['kind']> { method: Of<K>; path: string; onChange: (method: Of<K>) => void }
export const Devices = createContext<Device[]>([]);

export const Seconds = ({ value, path, onChange }: { value: number | undefined; path: string; onChange: (seconds: number) => void }) => (
  <NumberInput label={t.seconds} w={110} min={3} max={120} step={5} allowDecimal={false} value={value ?? 25} error={useWrong(`${path}.seconds`)} onChange={(next) => { if (typeof next === 'number') onChange(next); }} />
);

export const RingFields = ({ method, path, onChange }: FieldsProps<'ring'>) => {
  const devices = useContext(Devices);
  const label = useId();
  const wrong = useWrong(`${path}.devices`);
  const chosen = method.devices === 'all' ? [] : method.devices;
  const known = [...devices.map((d): [string, string] => [d.extension, `${d.name} (${d.extension})`]), ...chosen.filter((e) => !devices.some((d) => d.extension === e)).map((e): [string, string] => [e, e])];
  return (
    <>
      <div className={css.row}>
        <div>
          <span className={css.label} id={label}>{t.devices}</span>
          <SegmentedControl size="xs" aria-labelledby={label} value={method.devices === 'all' ? 'all' : 'some'} data={[{ value: 'all', label: t.allDevices }, { value: 'some', label: t.someDevices }]}
            onChange={(value) => onChange({ ...method, devices: value === 'all' ? 'all' : devices.slice(0, 1).map((d) => d.extension) })} />
        </div>
        <Seconds value={method.seconds} path={path} onChange={(seconds) => onChange({ ...method, seconds })} />
      </div>
      {method.devices !== 'all' && (known.length ? <Chips label={t.someDevices} options={known} value={chosen} error={wrong} onChange={(next) => onChange({ ...method, devices: next })} /> : <p className="dim small">{t.noDevices}</p>)}
    </>
  );
};

export const ForwardFields = ({ method, path, onChange }: FieldsProps<'forward'>) => (
  <div className={css.row}>
    <TextInput type="tel" label={t.to} value={method.to} error={useWrong(`${path}.to`)} onChange={(e) => onChange({ ...method, to: e.currentTarget.value })} />
    <Seconds value={method.seconds} path={path} onChange={(seconds) => onChange({ ...method, seconds })} />
  </div>
);

export const AttendantFields = ({ method, path, onChange }: FieldsProps<'attendant'>) => {
  const users = useUsers();
  const wrong = useWrong(`${path}.userId`);
  const set = (userId: string) => onChange({ ...method, userId });
  return (
    <div className={css.row}>
      {users ? <Select label={t.attendant} searchable data={users.map((u) => ({ value: u.id, label: u.name }))} value={method.userId || null} error={wrong} onChange={(id) => set(id ?? '')} />
        : <TextInput label={t.attendantId} value={method.userId} error={wrong} onChange={(e) => set(e.currentTarget.value.trim())} />}
      <Seconds value={method.seconds} path={path} onChange={(seconds) => onChange({ ...method, seconds })} />
    </div>
  );
};

type Mode = 'none' | 'text' | 'prompt';
interface Spoken { text?: string; prompt?: string }
const FACTS = Object.entries(t.facts);

const SpokenText = ({ value, path, label, onChange }: { value: string; path: string; label: string; onChange: (text: string) => void }) => {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (fact: string) => {
    const at = area.current?.selectionStart ?? value.length;
    onChange(`${value.slice(0, at)}{{${fact}}}${value.slice(area.current?.selectionEnd ?? at)}`);
    area.current?.focus();
  };
  return (
    <>
      <Textarea ref={area} label={label} autosize minRows={2} maxRows={8} maxLength={1000} value={value} error={useWrong(path)} onChange={(e) => onChange(e.currentTarget.value)} />
      <div className={css.chips}><span className="dim small">{t.insert}</span>{FACTS.map(([fact, name]) => <Button key={fact} size="compact-xs" variant="default" onClick={() => insert(fact)}>{name}</Button>)}</div>
    </>
  );
};

/** A list of what there is; where it cannot be had, the name is typed. */
const PromptField = ({ value, error, onChange }: { value: string; error?: string; onChange: (prompt: string) => void }) => {
  const asked = useQuery({ queryKey: keys.prompts, queryFn: api.prompts, staleTime: 60_000 });
  const names = asked.data?.items.map(({ name }) => name);
  if (!names) return <TextInput label={t.promptName} disabled={asked.isPending} value={value} placeholder="closed-today" error={error} onChange={(e) => onChange(e.currentTarget.value)} />;
  const known = value && !names.includes(value) ? [value, ...names] : names;
  return <Select label={t.prompt} description={known.length === 0 ? t.noPrompts : undefined} searchable allowDeselect={false} maw={300} data={known} value={value || null} error={error} onChange={(name) => onChange(name ?? '')} />;
};

/** Words for the caller: spoken text, a recording, or, where that is allowed, nothing of one's own. */
export const SpokenFields = ({ value, path, textKey = 'text', none, onChange }: { value: Spoken; path: string; textKey?: 'text' | 'greeting'; none?: string; onChange: (value: Spoken) => void }) => {
  const mode: Mode = value.prompt !== undefined ? 'prompt' : value.text !== undefined ? 'text' : none ? 'none' : 'text';
  const label = useId();
  const data = [...(none ? [{ value: 'none', label: none }] : []), { value: 'text', label: t.spoken }, { value: 'prompt', label: t.recorded }];
  const wrong = useWrong(`${path}.prompt`);
  const change = (next: string) => onChange(next === 'prompt' ? { prompt: '' } : next === 'text' ? { text: '' } : {});
  return (
    <>
      <div><span className={css.label} id={label}>{textKey === 'greeting' ? t.greeting : t.words}</span><SegmentedControl size="xs" aria-labelledby={label} value={mode} data={data} onChange={change} /></div>
      {mode === 'text' && <SpokenText label={t.text} value={value.text ?? ''} path={`${path}.${textKey}`} onChange={(text) => onChange({ text })} />}
      {mode === 'prompt' && <PromptField value={value.prompt ?? ''} error={wrong} onChange={(prompt) => onChange({ prompt })} />}
    </>
  );
};
