import { ActionIcon, Divider, SegmentedControl, Switch, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconKey, IconKeyboard, IconLogout, IconUserCircle, IconUserCog } from '@tabler/icons-react';
import { api, queries } from '../api.js';
import { Drop, DropRow } from '../part/drop.js';
import { Name } from '../part/name.js';
import { w } from '../words/index.js';
import { managePlaces } from './nav.js';
import { useIsAdmin, useMe } from './session.js';
import css from './shell.module.css';
import type { SingleKeys } from './shortcuts.js';

const SCHEMES: MantineColorScheme[] = ['auto', 'light', 'dark'];
const signOut = async () => {
  await api.account.signOut().catch(() => undefined);
  queries.clear();
  location.assign('/signin');
};

export const AccountMenu = ({ singleKeys, onHelp }: { singleKeys: SingleKeys; onHelp: () => void }) => {
  const me = useMe();
  const admin = useIsAdmin();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Drop label={w.shell.account} width={280} target={(props) => <ActionIcon size="xl" aria-label={w.shell.accountOf(me.name)} {...props}><IconUserCircle size={24} /></ActionIcon>}>
      {(close) => (
        <div className={css.choices}>
          <div className={css.who}><strong><Name>{me.name}</Name></strong><span className="dim small">{me.email}</span></div>
          <div className={css['narrow-only']}>{managePlaces(admin).map(({ to, label, icon: Icon }) => <DropRow key={to} to={to} icon={<Icon size={18} aria-hidden />} onClick={close}>{label}</DropRow>)}</div>
          <DropRow to="/account" icon={<IconUserCog size={18} aria-hidden />} onClick={close}>{w.shell.room.own}</DropRow>
          <DropRow to="/tokens" icon={<IconKey size={18} aria-hidden />} onClick={close}>{w.shell.room.tokens}</DropRow>
          <Divider my={4} />
          <DropRow icon={<IconKeyboard size={18} aria-hidden />} end={<kbd aria-hidden>?</kbd>} onClick={() => { close(); onHelp(); }}>{w.shell.shortcuts}</DropRow>
          <Switch className={css.switch} labelPosition="left" label={w.shell.shortcutsOn} checked={singleKeys.on} onChange={(e) => singleKeys.set(e.currentTarget.checked)} />
          <div className={css.scheme}>
            <span className="small dim" id="scheme-label">{w.shell.scheme}</span>
            <SegmentedControl fullWidth size="xs" aria-labelledby="scheme-label" value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)} data={SCHEMES.map((value) => ({ value, label: w.shell.schemes[value] }))} />
          </div>
          <Divider my={4} />
          <DropRow icon={<IconLogout size={18} aria-hidden />} onClick={() => void signOut()}>{w.shell.signOut}</DropRow>
        </div>
      )}
    </Drop>
  );
};
