/** Any handling method, with whatever follows it. */
import { Button, Select } from '@mantine/core';
import { IconCornerDownRight, IconTrash } from '@tabler/icons-react';
import type { Method } from '@ringbook/contracts/method';
import { w } from '../../words/index.js';
import { changeKind } from './draft.js';
import { useWrong } from './errors.js';
import { AttendantFields, ForwardFields, RingFields, SpokenFields } from './method-fields.js';
import { OneNumberFields } from './one-number.js';
import css from './rules.module.css';

const t = w.rules.method;
const KINDS: Method['kind'][] = ['ring', 'forward', 'oneNumber', 'announce', 'voicemail', 'attendant', 'reject'];
/** As the contract has it (MAX_METHOD_DEPTH). */
const DEEPEST = 8;
interface Props { method: Method; path: string; onChange: (method: Method) => void; depth?: number; label?: string }

const Fields = ({ method, path, onChange }: Props) => {
  switch (method.kind) {
    case 'ring': return <RingFields method={method} path={path} onChange={onChange} />;
    case 'forward': return <ForwardFields method={method} path={path} onChange={onChange} />;
    case 'oneNumber': return <OneNumberFields method={method} path={path} onChange={onChange} />;
    case 'attendant': return <AttendantFields method={method} path={path} onChange={onChange} />;
    case 'announce': { const { text, prompt, ...rest } = method; return <SpokenFields value={{ text, prompt }} path={path} onChange={(spoken) => onChange({ ...rest, ...spoken })} />; }
    case 'reject': { const { text, prompt, ...rest } = method; return <SpokenFields value={{ text, prompt }} path={path} none={t.nothing} onChange={(spoken) => onChange({ ...rest, ...spoken })} />; }
    case 'voicemail': { const { greeting, prompt } = method; return <SpokenFields value={{ text: greeting, prompt }} path={path} textKey="greeting" none={t.normal} onChange={({ text, prompt: p }) => onChange({ kind: 'voicemail', ...(text === undefined ? {} : { greeting: text }), ...(p === undefined ? {} : { prompt: p }) })} />; }
    default: return null;
  }
};

type NextKey = 'otherwise' | 'then';
const nextKey = (method: Method): NextKey | null => (method.kind === 'announce' ? 'then' : method.kind === 'voicemail' || method.kind === 'reject' ? null : 'otherwise');

const Next = ({ method, path, onChange, depth = 1 }: Props) => {
  const key = nextKey(method);
  if (!key) return null;
  const next = (method as Partial<Record<NextKey, Method>>)[key];
  const put = (value: Method | undefined) => { const copy = { ...method } as Record<string, unknown>; delete copy[key]; onChange((value ? { ...copy, [key]: value } : copy) as unknown as Method); };
  if (!next) return depth >= DEEPEST ? <p className="dim small">{t.tooDeep}</p>
    : <div><Button size="xs" variant="subtle" leftSection={<IconCornerDownRight size={16} aria-hidden />} onClick={() => put({ kind: 'voicemail' })}>{key === 'then' ? t.addThen : t.addOtherwise}</Button></div>;
  return (
    <div className={css.next}>
      <MethodEditor label={key === 'then' ? t.then : t.otherwise} method={next} path={`${path}.${key}`} depth={depth + 1} onChange={put} />
      <div><Button size="compact-xs" variant="subtle" color="red" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => put(undefined)}>{t.removeNext}<span className="hidden">: {w.method[next.kind]}</span></Button></div>
    </div>
  );
};

export const MethodEditor = ({ method, path, onChange, depth = 1, label = t.title }: Props) => {
  const wrong = useWrong(path);
  return (
    <fieldset className={css.group}>
      <legend>{label}</legend>
      <Select label={t.kind} description={t.help[method.kind]} maw={300} value={method.kind} error={wrong ?? undefined} data={KINDS.map((kind) => ({ value: kind, label: w.method[kind] }))} onChange={(kind) => { if (kind && kind !== method.kind) onChange(changeKind(method, kind as Method['kind'])); }} />
      <Fields method={method} path={path} onChange={onChange} />
      <Next method={method} path={path} onChange={onChange} depth={depth} />
    </fieldset>
  );
};
