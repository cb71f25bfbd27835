import { ActionIcon, Button, Switch } from '@mantine/core';
import { IconBell, IconBellRinging } from '@tabler/icons-react';
import { notifyDenied, notifyPossible, setNotify, useNotify } from '../../live/notify.js';
import { Drop, DropRow } from '../../part/drop.js';
import { w } from '../../words/index.js';

const t = w.live.notify;

/** Notes of the system are offered, never asked for by themselves. */
export const NotifyMenu = () => {
  const choice = useNotify();
  if (!notifyPossible()) return null;
  const denied = notifyDenied();
  if (!choice.on && !denied) return <Button variant="default" size="xs" leftSection={<IconBell size={16} aria-hidden />} title={t.help} onClick={() => void setNotify({ ...choice, on: true })}>{t.on}</Button>;
  return (
    <Drop label={t.isOn} width={270} target={(props) => <ActionIcon aria-label={choice.on ? t.isOn : t.on} {...props}>{choice.on ? <IconBellRinging size={18} /> : <IconBell size={18} />}</ActionIcon>}>
      {(close) => (
        <>
          <p className="small dim" style={{ marginTop: 0 }}>{denied ? t.denied : t.help}</p>
          {choice.on && <Switch mb="xs" label={t.sound} checked={choice.sound} onChange={(e) => void setNotify({ ...choice, sound: e.currentTarget.checked })} />}
          {choice.on && <DropRow onClick={() => { close(); void setNotify({ ...choice, on: false }); }}>{t.off}</DropRow>}
        </>
      )}
    </Drop>
  );
};
