/** Confirms an app that shows a code: it gets a token of whoever is signed in here. */
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useSearchParams } from 'react-router';
import { api } from '../../api.js';
import { isStatus } from '../../lib/problem.js';
import { Panel, ProblemNote, Room } from '../../part/basics.js';
import { w } from '../../words/index.js';
import css from './account.module.css';

const t = w.shell.pair;
/** As the app shows it: ABCD-2345. */
const tidy = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 8).replace(/^(.{4})(.+)$/, '$1-$2');

export const PairRoom = () => {
  const [search] = useSearchParams();
  const [code, setCode] = useState(tidy(search.get('code') ?? ''));
  const confirm = useMutation({ mutationFn: () => api.account.confirmPairing(code) });
  const submit = (event: FormEvent) => { event.preventDefault(); confirm.mutate(); };
  return (
    <Room title={t.title}>
      <div className={css.stack}>
        <Panel>
          {confirm.isSuccess ? <p role="status" style={{ margin: 0 }}><strong>{confirm.data.name}</strong>: {t.done} <span className="dim">{t.revoke}</span></p> : (
            <form onSubmit={submit} className={css.form}>
              <p style={{ margin: 0 }}>{t.lead}</p>
              <TextInput label={t.code} value={code} maxLength={9} w={220} autoCapitalize="characters" spellCheck={false} autoFocus placeholder="ABCD-2345" onChange={(e) => setCode(tidy(e.currentTarget.value))} />
              <ProblemNote error={isStatus(confirm.error, 404, 400) ? new Error(t.unknown) : confirm.error} />
              <div><Button type="submit" disabled={code.length !== 9} loading={confirm.isPending}>{t.submit}</Button></div>
              <p className="dim small" style={{ margin: 0 }}>{t.revoke}</p>
            </form>
          )}
        </Panel>
      </div>
    </Room>
  );
};
