import { ActionIcon, Menu, Switch, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconKey, IconKeyboard, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { Link } from 'react-router';
import { api, queries } from '../api.js';
import { Name } from '../part/name.js';
import { w } from '../words/index.js';
import { managePlaces } from './nav.js';
import { useIsAdmin, useMe } from './session.js';
import css from './shell.module.css';
import type { SingleKeys } from './shortcuts.js';

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
    <Menu position="bottom-end" width={270} shadow="md" returnFocus>
      <Menu.Target><ActionIcon size="xl" aria-label={w.shell.accountOf(me.name)}><IconUserCircle size={24} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label><Name>{me.name}</Name> · {me.email}</Menu.Label>
        {admin && <div className={css['narrow-only']}>{managePlaces().map(({ to, label, icon: Icon }) => <Menu.Item key={to} component={Link} to={to} leftSection={<Icon size={18} />}>{label}</Menu.Item>)}</div>}
        <Menu.Item component={Link} to="/tokens" leftSection={<IconKey size={18} />}>{w.shell.room.tokens}</Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={18} />} rightSection={<kbd>?</kbd>} onClick={onHelp}>{w.shell.shortcuts}</Menu.Item>
        <Menu.Item closeMenuOnClick={false} role="menuitemcheckbox" aria-checked={singleKeys.on} onClick={() => singleKeys.set(!singleKeys.on)}
          rightSection={<Switch size="xs" checked={singleKeys.on} readOnly tabIndex={-1} aria-hidden inert />}>{w.shell.shortcutsOn}</Menu.Item>
        <Menu.Divider />
        <Menu.Label id="scheme-label">{w.shell.scheme}</Menu.Label>
        {(['auto', 'light', 'dark'] as MantineColorScheme[]).map((scheme) => (
          <Menu.Item key={scheme} role="menuitemradio" aria-checked={colorScheme === scheme} closeMenuOnClick={false} onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? <span aria-hidden>✓</span> : null}>{w.shell.schemes[scheme]}</Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={() => void signOut()}>{w.shell.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
