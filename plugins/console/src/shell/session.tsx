/** Who is signed in. */
import type { Me } from '@ringbook/contracts/account';
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { api, keys } from '../api.js';

const MeContext = createContext<Me | null>(null);
export const MeProvider = MeContext.Provider;
export const useMe = (): Me => {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe outside of the signed-in frame');
  return me;
};
export const useIsAdmin = () => useMe().rights.includes('admin');
export const useMeQuery = () => useQuery({ queryKey: keys.me, queryFn: api.account.me, staleTime: 60_000 });
