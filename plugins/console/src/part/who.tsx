/** "Who is it?": several contacts have a number, and the answer is remembered for whoever gives it. */
import { Button } from '@mantine/core';
import type { ContactRef } from '@ringbook/contracts/call';
import type { LookupAnswer } from '@ringbook/contracts/contact';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys, queries } from '../api.js';
import { w } from '../words/index.js';
import { Note } from './note.js';
import { ProblemNote } from './basics.js';
import { CodeBadge, Name } from './name.js';
import css from './part.module.css';

const t = w.calls.choice;
interface WhoProps { number: string; candidates: readonly ContactRef[]; chosen?: ContactRef | null; compact?: boolean }

const differs = (candidates: readonly ContactRef[]) => new Set(candidates.map(({ book }) => book)).size > 1;
export const WhoIsIt = ({ number, candidates, chosen: before = null, compact }: WhoProps) => {
  /** What the server said last: it counts until it says something else, also when it cannot be reached. */
  const [answer, setAnswer] = useState<LookupAnswer | null>(null);
  const choose = useMutation({
    mutationFn: (contactId: string | null) => api.contacts.choose({ number, contactId }),
    onSuccess: (said) => { setAnswer(said); queries.setQueryData(keys.lookup(number), said); void queries.invalidateQueries({ queryKey: keys.choices }); },
  });
  const chosen = answer ? (answer.chosen ? answer.contact : null) : before;
  const books = differs(candidates);
  return (
    <div role="group" aria-label={t.who} className={css.who}>
      {chosen ? (
        <Note tone="good"><p role="status">{t.said(chosen.name)}</p><div className={css.actions}><Button size="compact-sm" variant="default" loading={choose.isPending} onClick={() => choose.mutate(null)}>{t.forget}</Button></div></Note>
      ) : (
        <>
          <p className={compact ? 'small' : undefined}><strong>{t.who}</strong> <span className="dim small">{compact ? t.leadNow : t.lead}</span></p>
          <div className={css.actions}>
            {candidates.map((each) => (
              <Button key={each.id} size="compact-sm" variant="default" title={t.is(each.name)} disabled={choose.isPending} onClick={() => choose.mutate(each.id)}>
                <Name>{each.name}</Name>{books && <span className="dim">&nbsp;· <Name>{each.book}</Name></span>}{each.code && <>&nbsp;<CodeBadge code={each.code} short /></>}
              </Button>
            ))}
          </div>
        </>
      )}
      <ProblemNote error={choose.error} />
    </div>
  );
};
