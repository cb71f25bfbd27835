/** Loading, changing and saving the rules of one user. */
import { ProblemError, type Versioned } from '@ringbook/contracts/client';
import type { Profile, StoredProfile } from '@ringbook/contracts/profile';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, keys, queries } from '../../api.js';
import { unsent } from '../../lib/unsent.js';
import { sameProfile, tidyProfile } from './draft.js';

type Kept = Versioned<StoredProfile>;
const plain = ({ rules, otherwise }: Profile): Profile => ({ rules, otherwise });

export const useRules = (userId: string) => {
  const asked = useQuery({ queryKey: keys.profile(userId), queryFn: () => api.users.profile(userId), refetchOnWindowFocus: false });
  /** What was loaded or saved last: changes are counted from here. */
  const [base, setBase] = useState<Kept | null>(null);
  const [draft, setDraft] = useState<Profile | null>(null);
  const [theirs, setTheirs] = useState<Kept | null>(null);
  const take = (kept: Kept) => { setBase(kept); setDraft(plain(kept.value)); setTheirs(null); };
  const dirty = base !== null && draft !== null && !sameProfile(draft, base.value);
  // A newer answer replaces what is shown only while nothing has been changed here.
  useEffect(() => { if (asked.data && !dirty && asked.data.etag !== base?.etag) take(asked.data); }, [asked.data, dirty, base?.etag]);
  const save = useMutation({
    mutationFn: ({ etag, sent }: { etag: string; sent: Profile }) => api.users.saveProfile(userId, tidyProfile(sent), etag),
    // What was typed meanwhile stays, and is not saved yet.
    onSuccess: (kept, { sent }) => { setBase(kept); setTheirs(null); setDraft((now) => unsent(now, sent) ?? plain(kept.value)); queries.setQueryData(keys.profile(userId), kept); },
    onError: async (error) => { if (error instanceof ProblemError && error.status === 412) setTheirs(await api.users.profile(userId)); },
  });
  const conflict = save.error instanceof ProblemError && save.error.status === 412;
  return {
    asked, base, draft, setDraft, dirty, theirs,
    error: conflict ? null : save.error, saved: save.isSuccess && !dirty, saving: save.isPending,
    save: () => { if (dirty && base && !save.isPending) save.mutate({ etag: base.etag, sent: draft }); },
    discard: () => { if (base) { take(base); save.reset(); } },
    loadTheirs: () => { if (theirs) { queries.setQueryData(keys.profile(userId), theirs); take(theirs); save.reset(); } },
    keepMine: () => { if (theirs && draft) { setTheirs(null); save.mutate({ etag: theirs.etag, sent: draft }); } },
  };
};
export type Rules = ReturnType<typeof useRules>;
