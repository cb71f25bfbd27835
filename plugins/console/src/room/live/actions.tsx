import { ActionIcon, Button, TextInput, Textarea } from '@mantine/core';
import { IconArrowForwardUp, IconChevronDown, IconMessage2, IconPhone, IconPhoneOff, IconPhoneX, IconRecordMail, IconX } from '@tabler/icons-react';
import type { Pop } from '@ringbook/contracts/call';
import { useState, type FormEvent, type ReactNode } from 'react';
import { dispatchLive } from '../../live/store.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { ProblemNote } from '../../part/basics.js';
import { Drop, DropRow } from '../../part/drop.js';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import css from './live.module.css';
import type { PopActions } from './use-actions.js';

const t = w.live;
interface Props { pop: Pop; act: PopActions }
type Simple = 'take' | 'voicemail' | 'reject' | 'hangup';

const Key = ({ children }: { children: string }) => <kbd aria-hidden>{children.toUpperCase()}</kbd>;
/** Twenty cards have a Take button each: read aloud, each says whose call it takes. */
const Whose = ({ pop }: { pop: Pop }) => <span className="hidden">: {pop.from.display}</span>;

const Act = ({ name, letter, icon, pop, act, color, filled }: Props & { name: Simple; letter: string; icon: ReactNode; color?: string; filled?: boolean }) => (
  <Button size="xs" variant={filled ? 'filled' : color ? 'light' : 'default'} color={color} leftSection={icon} loading={act.busy === name} aria-keyshortcuts={letter}
    onClick={() => act[name]()}>
    {act.armed === letter ? t.again(letter.toUpperCase()) : t.action[name]}<Whose pop={pop} /><Key>{letter}</Key>
  </Button>
);

const TakeElsewhere = ({ act }: Props) => {
  const { devices } = useMe();
  if (devices.length < 2) return null;
  return (
    <Drop label={t.action.takeWhere} width={240} position="bottom-start" target={(props) => <ActionIcon size={30} variant="filled" color="teal" aria-label={t.action.takeWhere} {...props}><IconChevronDown size={16} /></ActionIcon>}>
      {(close) => devices.map((device) => <DropRow key={device.id} icon={<IconPhone size={16} aria-hidden />} onClick={() => { close(); act.take(device.extension); }}>{t.action.takeOn(t.send.device(device.name, device.extension))}</DropRow>)}
    </Drop>
  );
};

const SendForm = ({ act }: { act: PopActions }) => {
  const { devices } = useMe();
  const [to, setTo] = useState('');
  const submit = (event: FormEvent) => { event.preventDefault(); if (to.trim()) act.forward(to.trim(), close); };
  const close = () => act.setPanel(null);
  return (
    <form className={css.form} onSubmit={submit}>
      <TextInput type="tel" label={t.send.to} data-autofocus value={to} onChange={(e) => setTo(e.currentTarget.value)} error={fieldError(act.error, 'to')}
        rightSectionWidth={70} rightSection={<Button type="submit" size="compact-sm" disabled={!to.trim()} loading={act.busy === 'forward'}>{t.send.submit}</Button>} />
      <ProblemNote error={beyondFields(act.error, ['to'])} />
      {devices.length > 0 && (
        <div role="group" aria-label={t.send.own}>
          <p className="small dim" style={{ margin: '0 0 0.35rem' }}>{t.send.own}</p>
          <div className={css.devices}>
            {devices.map((d) => <Button key={d.id} size="compact-sm" variant="default" onClick={() => act.ring(d.extension, d.name, close)}>{t.send.device(d.name, d.extension)}</Button>)}
          </div>
        </div>
      )}
    </form>
  );
};

const SayForm = ({ act }: { act: PopActions }) => {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => { event.preventDefault(); act.say(text.trim(), () => act.setPanel(null)); };
  return (
    <form className={css.form} onSubmit={submit}>
      <Textarea label={t.say.text} description={t.say.help} autosize minRows={2} maxRows={6} maxLength={1000} data-autofocus value={text} onChange={(e) => setText(e.currentTarget.value)} />
      <ProblemNote error={act.error} />
      <Button type="submit" size="xs" disabled={!text.trim()} loading={act.busy === 'announce'}>{t.say.submit}</Button>
    </form>
  );
};

const SendElsewhere = ({ pop, act }: Props) => (
  <Drop label={t.of(t.action.forward, pop.from.display)} position="bottom-start" opened={act.panel === 'send'} onChange={(open) => act.setPanel(open ? 'send' : null)}
    target={(props) => <Button size="xs" variant="default" leftSection={<IconArrowForwardUp size={16} aria-hidden />} loading={act.busy === 'forward'} aria-keyshortcuts="f" {...props}>{t.action.forward}<Whose pop={pop} /><Key>f</Key></Button>}>
    {() => <SendForm act={act} />}
  </Drop>
);

const Say = ({ pop, act }: Props) => (
  <Drop label={t.of(t.action.announce, pop.from.display)} position="bottom-start" opened={act.panel === 'say'} onChange={(open) => act.setPanel(open ? 'say' : null)}
    target={(props) => <ActionIcon size={30} variant="default" title={t.action.announce} loading={act.busy === 'announce'} aria-label={t.of(t.action.announce, pop.from.display)} {...props}><IconMessage2 size={16} /></ActionIcon>}>
    {() => <SayForm act={act} />}
  </Drop>
);

export const Actions = ({ pop, act }: Props) => {
  if (pop.state === 'ended') return (
    <div className={css.buttons}>
      <Button size="xs" variant="default" leftSection={<IconX size={16} aria-hidden />} aria-keyshortcuts="d" onClick={() => dispatchLive({ type: 'dismiss', id: pop.id })}>{t.action.dismiss}<Whose pop={pop} /><Key>d</Key></Button>
    </div>
  );
  const props = { pop, act };
  return (
    <div className={css.buttons}>
      {act.can('take') && <span className={css.split}><Act {...props} name="take" letter="t" icon={<IconPhone size={16} />} filled /><TakeElsewhere {...props} /></span>}
      {act.can('forward') && <SendElsewhere {...props} />}
      {act.can('voicemail') && <Act {...props} name="voicemail" letter="v" icon={<IconRecordMail size={16} />} />}
      {act.can('reject') && <Act {...props} name="reject" letter="r" icon={<IconPhoneX size={16} />} color="red" />}
      {act.can('hangup') && !act.can('reject') && <Act {...props} name="hangup" letter="h" icon={<IconPhoneOff size={16} />} color="red" />}
      {act.can('announce') && <Say {...props} />}
    </div>
  );
};
