import { ActionIcon, Button, Menu, Popover, TextInput, Textarea } from '@mantine/core';
import { IconArrowForwardUp, IconChevronDown, IconMessage2, IconPhone, IconPhoneOff, IconPhoneX, IconRecordMail, IconX } from '@tabler/icons-react';
import type { Pop } from '@ringbook/contracts/call';
import { useState, type FormEvent, type ReactNode } from 'react';
import { dispatchLive } from '../../live/store.js';
import { fieldError } from '../../lib/problem.js';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import css from './live.module.css';
import type { PopActions } from './use-actions.js';

const t = w.live;
interface Props { pop: Pop; act: PopActions }
type Key = 'take' | 'voicemail' | 'reject' | 'hangup';

const Act = ({ name, letter, icon, pop, act, color, filled }: Props & { name: Key; letter: string; icon: ReactNode; color?: string; filled?: boolean }) => (
  <Button size="compact-md" variant={filled ? 'filled' : color ? 'light' : 'default'} color={color} leftSection={icon} loading={act.busy === name} aria-keyshortcuts={letter}
    aria-label={t.of(t.action[name], pop.from.display)} onClick={() => act[name]()}>
    {act.armed === letter ? t.again(letter.toUpperCase()) : t.action[name]}&nbsp;<kbd aria-hidden>{letter.toUpperCase()}</kbd>
  </Button>
);

const TakeElsewhere = ({ act }: Props) => {
  const { devices } = useMe();
  if (devices.length < 2) return null;
  return (
    <Menu shadow="md" returnFocus>
      <Menu.Target><ActionIcon size={30} variant="light" color="teal" aria-label={t.action.takeWhere}><IconChevronDown size={16} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>{devices.map((device) => <Menu.Item key={device.id} onClick={() => act.take(device.extension)}>{t.action.takeOn(t.send.device(device.name, device.extension))}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
};

const SendForm = ({ act }: { act: PopActions }) => {
  const { devices } = useMe();
  const [to, setTo] = useState('');
  const submit = (event: FormEvent) => { event.preventDefault(); if (to.trim()) { act.forward(to.trim()); act.setPanel(null); } };
  return (
    <form className={css.form} onSubmit={submit}>
      <TextInput type="tel" label={t.send.to} data-autofocus value={to} onChange={(e) => setTo(e.currentTarget.value)} error={fieldError(act.error, 'to')}
        rightSectionWidth={70} rightSection={<Button type="submit" size="compact-sm" disabled={!to.trim()}>{t.send.submit}</Button>} />
      {devices.length > 0 && (
        <div role="group" aria-label={t.send.own}>
          <p className="small dim" style={{ margin: '0 0 0.35rem' }}>{t.send.own}</p>
          <div className={css.devices}>
            {devices.map((d) => <Button key={d.id} size="compact-sm" variant="default" onClick={() => { act.ring(d.extension, d.name); act.setPanel(null); }}>{t.send.device(d.name, d.extension)}</Button>)}
          </div>
        </div>
      )}
    </form>
  );
};

const SayForm = ({ act }: { act: PopActions }) => {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => { event.preventDefault(); act.say(text.trim()); act.setPanel(null); };
  return (
    <form className={css.form} onSubmit={submit}>
      <Textarea label={t.say.text} description={t.say.help} autosize minRows={2} maxRows={6} maxLength={1000} data-autofocus value={text} onChange={(e) => setText(e.currentTarget.value)} />
      <Button type="submit" size="compact-md" disabled={!text.trim()}>{t.say.submit}</Button>
    </form>
  );
};

const Opens = ({ pop, act, panel, label, icon, letter, children }: Props & { panel: 'send' | 'say'; label: string; icon: ReactNode; letter?: string; children: ReactNode }) => (
  <Popover opened={act.panel === panel} onChange={(open) => { if (!open) act.setPanel(null); }} trapFocus returnFocus width={300} position="bottom-start" withRoles={false}>
    <Popover.Target>
      <Button size="compact-md" variant="default" leftSection={icon} loading={act.busy === (panel === 'send' ? 'forward' : 'announce')} aria-haspopup="dialog" aria-expanded={act.panel === panel}
        aria-label={t.of(label, pop.from.display)} aria-keyshortcuts={letter} onClick={() => act.setPanel(act.panel === panel ? null : panel)}>
        {label}{letter && <>&nbsp;<kbd aria-hidden>{letter.toUpperCase()}</kbd></>}
      </Button>
    </Popover.Target>
    <Popover.Dropdown role="dialog" aria-label={t.of(label, pop.from.display)}>{children}</Popover.Dropdown>
  </Popover>
);

export const Actions = ({ pop, act }: Props) => {
  if (pop.state === 'ended') return (
    <div className={css.buttons}>
      <Button size="compact-md" variant="default" leftSection={<IconX size={16} />} aria-label={t.of(t.action.dismiss, pop.from.display)} aria-keyshortcuts="d" onClick={() => dispatchLive({ type: 'dismiss', id: pop.id })}>{t.action.dismiss}&nbsp;<kbd aria-hidden>D</kbd></Button>
    </div>
  );
  const props = { pop, act };
  return (
    <div className={css.buttons}>
      {act.can('take') && <><Act {...props} name="take" letter="t" icon={<IconPhone size={16} />} filled /><TakeElsewhere {...props} /></>}
      {act.can('forward') && <Opens {...props} panel="send" label={t.action.forward} letter="f" icon={<IconArrowForwardUp size={16} />}><SendForm act={act} /></Opens>}
      {act.can('voicemail') && <Act {...props} name="voicemail" letter="v" icon={<IconRecordMail size={16} />} />}
      {act.can('announce') && <Opens {...props} panel="say" label={t.action.announce} icon={<IconMessage2 size={16} />}><SayForm act={act} /></Opens>}
      {act.can('reject') && <Act {...props} name="reject" letter="r" icon={<IconPhoneX size={16} />} color="red" />}
      {act.can('hangup') && <Act {...props} name="hangup" letter="h" icon={<IconPhoneOff size={16} />} color="red" />}
    </div>
  );
};
