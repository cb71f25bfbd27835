/** What sentences about rules need to know: words, language, telephones and people by name. */
import type { Device } from '@ringbook/contracts/account';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, keys } from '../api.js';
import { useIsAdmin, useMe } from '../shell/session.js';
import { w } from '../words/index.js';
import { locale } from './when.js';
import type { Names } from './sentence.js';

/** Only administrators may list users; others see an attendant by title. */
export const useUsers = () => {
  const admin = useIsAdmin();
  return useQuery({ queryKey: keys.users, queryFn: () => api.users.list({ limit: 200 }), enabled: admin, staleTime: 60_000 }).data?.items;
};

export const useNames = (devices?: Device[]): Names => {
  const me = useMe();
  const users = useUsers();
  const own = devices ?? me.devices;
  return useMemo(() => ({
    words: w.rules.sentence, language: locale(),
    devices: Object.fromEntries(own.map((d) => [d.extension, d.name])),
    users: Object.fromEntries((users ?? []).map((u) => [u.id, u.name])),
  }), [own, users]);
};
