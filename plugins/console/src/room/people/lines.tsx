/** Numbers and telephones of a person. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { Device, LineNumber } from '@ringbook/contracts/account';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { Panel, ProblemNote } from '../../part/basics.js';
import { Confirm } from '../../part/confirm.js';
import { w } from '../../words/index.js';
import css from '../account/account.module.css';
import rules from '../rules/rules.module.css';

const t = w.people;
const refresh = async () => { await queries.invalidateQueries({ queryKey: keys.users }); await queries.invalidateQueries({ queryKey: keys.me }); };

interface LineProps { text: ReactNode; label: string; ask: string; run: () => Promise<unknown> }
const Line = ({ text, label, ask, run }: LineProps) => {
  const [asked, setAsked] = useState(false);
  return (
    <li>
      <span className={css.grow}>{text}</span>
      <ActionIcon aria-label={label} title={t.takeAway} onClick={() => setAsked(true)}><IconTrash size={17} /></ActionIcon>
      {asked && <Confirm title={label} text={ask} action={t.takeAway} run={run} onDone={() => void refresh()} onClose={() => setAsked(false)} />}
    </li>
  );
};

export const Numbers = ({ userId, numbers }: { userId: string; numbers: LineNumber[] }) => {
  const [number, setNumber] = useState('');
  const add = useMutation({ mutationFn: () => api.users.addNumber(userId, { number }), onSuccess: async () => { setNumber(''); await refresh(); } });
  const submit = (event: FormEvent) => { event.preventDefault(); add.mutate(); };
  return (
    <Panel>
      <h2>{t.numbers}</h2>
      <p className="dim small">{numbers.length ? t.numbersHelp : t.noNumbers}</p>
      <ul className={css.list} aria-label={t.numbers}>
        {numbers.map((n) => <Line key={n.id} text={<span className="number">{n.number}</span>} label={t.removeNumber(n.number)} ask={t.removeNumberAsk(n.number)} run={() => api.users.removeNumber(userId, n.id)} />)}
      </ul>
      <form onSubmit={submit} className={rules.row}>
        <TextInput type="tel" label={t.number} placeholder="+49 89 12345-0" value={number} error={fieldError(add.error, 'number')} onChange={(e) => setNumber(e.currentTarget.value)} />
        <Button type="submit" variant="light" disabled={!number.trim()} loading={add.isPending}>{t.addNumber}</Button>
      </form>
      <ProblemNote error={beyondFields(add.error, ['number'])} />
    </Panel>
  );
};

const BLANK = { extension: '', name: '', endpoint: '' };
const FIELDS = ['extension', 'name', 'endpoint'] as const;

export const DeviceList = ({ userId, devices }: { userId: string; devices: Device[] }) => {
  const [form, setForm] = useState(BLANK);
  const add = useMutation({ mutationFn: () => api.users.addDevice(userId, { ...form, endpoint: form.endpoint || `PJSIP/${form.extension}` }), onSuccess: async () => { setForm(BLANK); await refresh(); } });
  const submit = (event: FormEvent) => { event.preventDefault(); add.mutate(); };
  const field = (key: typeof FIELDS[number]) => ({ value: form[key], error: fieldError(add.error, key), onChange: (e: { currentTarget: { value: string } }) => setForm({ ...form, [key]: e.currentTarget.value }) });
  return (
    <Panel>
      <h2>{t.devices}</h2>
      <p className="dim small">{devices.length ? t.devicesHelp : t.noDevices}</p>
      <ul className={css.list} aria-label={t.devices}>
        {devices.map((d) => <Line key={d.id} text={<><bdi dir="auto">{d.name}</bdi> <span className="dim small">{d.extension} · {d.endpoint}</span></>} label={t.removeDevice(d.name)} ask={t.removeDeviceAsk(d.name)} run={() => api.users.removeDevice(userId, d.id)} />)}
      </ul>
      <form onSubmit={submit} className={rules.row}>
        <TextInput label={t.extension} inputMode="numeric" placeholder="101" {...field('extension')} />
        <TextInput label={t.deviceName} maxLength={80} {...field('name')} />
        <TextInput label={t.endpoint} title={t.endpointHelp} placeholder={`PJSIP/${form.extension || '101'}`} {...field('endpoint')} />
        <Button type="submit" variant="light" disabled={!form.extension || !form.name.trim()} loading={add.isPending}>{t.addDevice}</Button>
      </form>
      <ProblemNote error={beyondFields(add.error, FIELDS)} />
    </Panel>
  );
};
