/** What keeps changes from being lost: leaving without saving, and saving over somebody else's. */
import { Button, Group } from '@mantine/core';
import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { methodSentence, whenSentence, type Names } from '../../lib/sentence.js';
import { Dialog } from '../../part/dialog.js';
import { w } from '../../words/index.js';
import css from './rules.module.css';
import type { Rules } from './use-rules.js';

export const LeaveGuard = ({ dirty }: { dirty: boolean }) => {
  const t = w.shell.leave;
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && (currentLocation.pathname !== nextLocation.pathname || currentLocation.search !== nextLocation.search));
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [dirty]);
  if (blocker.state !== 'blocked') return null;
  return (
    <Dialog onClose={blocker.reset} title={t.title}>
      <p style={{ marginTop: 0 }}>{t.text}</p>
      <Group justify="flex-end"><Button variant="default" onClick={blocker.proceed}>{t.leave}</Button><Button data-autofocus onClick={blocker.reset}>{t.stay}</Button></Group>
    </Dialog>
  );
};

export const Conflict = ({ rules, names }: { rules: Rules; names: Names }) => {
  const t = w.rules.conflict;
  if (!rules.theirs) return null;
  const { value } = rules.theirs;
  return (
    <Dialog onClose={rules.keepMine} dismissable={false} title={t.title} size="lg">
      <p style={{ marginTop: 0 }}>{t.text}</p>
      <ol className={css.theirs}>
        {value.rules.map((rule) => <li key={rule.id}><bdi dir="auto">{rule.label ?? whenSentence(rule.when, names)}</bdi>: {methodSentence(rule.method, names)}</li>)}
        <li>{w.rules.defaultRule}: {methodSentence(value.otherwise, names)}</li>
      </ol>
      <p className="dim small">{t.help}</p>
      <Group justify="flex-end"><Button variant="default" data-autofocus onClick={rules.loadTheirs}>{t.theirs}</Button><Button onClick={rules.keepMine}>{t.keep}</Button></Group>
    </Dialog>
  );
};
