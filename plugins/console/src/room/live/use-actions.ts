/** What can be done with a live call, by button or key. Whether it happened is told by the call itself, in its next report. */
import type { Method } from '@ringbook/contracts/method';
import type { Pop } from '@ringbook/contracts/call';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api.js';
import { w } from '../../words/index.js';

const t = w.live.done;
export type Panel = 'send' | 'say' | null;
interface Deed { key: string; words: string; run: () => Promise<unknown>; after?: () => void }
/** These end the call: a stray key must not. */
const TWICE = new Set(['r', 'h']);
const AGAIN_WITHIN = 3000;

const useDeeds = (pop: Pop) => {
  const [said, setSaid] = useState('');
  const doing = useMutation({ mutationFn: (deed: Deed) => deed.run(), onMutate: () => setSaid(''), onSuccess: (_, deed) => { setSaid(deed.words); deed.after?.(); } });
  useEffect(() => setSaid(''), [pop.state, pop.doing]);
  const run = (key: string, words: string, how: () => Promise<unknown>, after?: () => void) => { if (!doing.isPending) doing.mutate({ key, words, run: how, after }); };
  const override = (key: string, words: string, method: Method, after?: () => void) => run(key, words, () => api.calls.override(pop.callId, method), after);
  return {
    said, error: doing.error, forget: doing.reset, busy: doing.isPending ? doing.variables.key : null,
    take: (device?: string) => run('take', t.take, () => api.calls.take(pop.callId, device)),
    forward: (to: string, after: () => void) => run('forward', t.forward(to), () => api.calls.forward(pop.callId, to), after),
    ring: (extension: string, name: string, after: () => void) => override('forward', t.forward(name), { kind: 'ring', devices: [extension], seconds: 30, otherwise: { kind: 'voicemail' } }, after),
    voicemail: () => override('voicemail', t.voicemail, { kind: 'voicemail' }),
    reject: () => override('reject', t.reject, { kind: 'reject' }),
    say: (text: string, after: () => void) => override('announce', t.announce, { kind: 'announce', text }, after),
    hangup: () => run('hangup', t.hangup, () => api.calls.hangup(pop.callId)),
  };
};

export const usePopActions = (pop: Pop) => {
  const deeds = useDeeds(pop);
  const [panel, setPanel] = useState<Panel>(null);
  const [armed, setArmed] = useState<string | null>(null);
  useEffect(() => {
    if (!armed) return undefined;
    const timer = setTimeout(() => setArmed(null), AGAIN_WITHIN);
    return () => clearTimeout(timer);
  }, [armed]);
  const open = (next: Panel) => { deeds.forget(); setPanel(next); };
  const can = (action: Pop['actions'][number]) => pop.actions.includes(action);
  const byKey: Record<string, (() => void) | undefined> = {
    t: can('take') ? () => deeds.take() : undefined,
    f: can('forward') ? () => open('send') : undefined,
    v: can('voicemail') ? deeds.voicemail : undefined,
    r: can('reject') ? deeds.reject : undefined,
    h: can('hangup') && !can('reject') ? deeds.hangup : undefined,
  };
  const press = (key: string) => {
    const deed = byKey[key];
    if (!deed) return;
    if (TWICE.has(key) && armed !== key) return setArmed(key);
    setArmed(null);
    deed();
  };
  return { ...deeds, can, panel, setPanel: open, armed, press };
};
export type PopActions = ReturnType<typeof usePopActions>;
