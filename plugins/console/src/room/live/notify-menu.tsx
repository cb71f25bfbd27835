import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconBell, IconBellRinging } from '@tabler/icons-react';
import { notifyDenied, notifyPossible, setNotify, useNotify } from '../../live/notify.js';
import { w } from '../../words/index.js';

const t = w.live.notify;

/** Notes of the system are offered, never asked for by themselves. */
export const NotifyMenu = () => {
  const choice = useNotify();
  if (!notifyPossible()) return null;
  if (!choice.on && !notifyDenied()) return <Button variant="default" size="compact-md" leftSection={<IconBell size={16} />} title={t.help} onClick={() => void setNotify({ ...choice, on: true })}>{t.on}</Button>;
  return (
    <Menu position="bottom-end" shadow="md" width={240} returnFocus>
      <Menu.Target><ActionIcon aria-label={choice.on ? t.isOn : t.on}>{choice.on ? <IconBellRinging size={18} /> : <IconBell size={18} />}</ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{notifyDenied() ? t.denied : t.help}</Menu.Label>
        {choice.on && <Menu.Item role="menuitemcheckbox" aria-checked={choice.sound} closeMenuOnClick={false} rightSection={choice.sound ? '✓' : ''} onClick={() => void setNotify({ ...choice, sound: !choice.sound })}>{t.sound}</Menu.Item>}
        {choice.on && <Menu.Item onClick={() => void setNotify({ ...choice, on: false })}>{t.off}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
};
