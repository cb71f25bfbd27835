/** One contact: numbers, book, handling code, and what would happen if they call. */
import { Anchor, Button } from '@mantine/core';
import type { Contact } from '@ringbook/contracts/contact';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, keys } from '../../api.js';
import { Age, Panel, ProblemNote, Waiting } from '../../part/basics.js';
import { AnswerPanel } from '../../part/answer.js';
import { Name } from '../../part/name.js';
import css from '../../part/part.module.css';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';
import { Code } from './code.js';

const t = w.calls.contacts;

const WhatIf = ({ contact }: { contact: Contact }) => {
  const to = useMe().numbers[0]?.number;
  const usable = contact.numbers.filter((n) => n.e164 !== null || /^\+?[0-9 ()./-]{2,}$/.test(n.raw));
  const ask = useMutation({ mutationFn: (from: string) => api.decide({ from, to: to! }) });
  if (to === undefined || usable.length === 0) return null;
  return (
    <Panel>
      <h3>{t.whatIf}</h3>
      <div className={css.actions}>
        {usable.map((n) => <Button key={n.raw} size="xs" variant="light" loading={ask.isPending && ask.variables === (n.e164 ?? n.raw)} onClick={() => ask.mutate(n.e164 ?? n.raw)}>{t.whatIfOn(n.raw)}</Button>)}
      </div>
      <ProblemNote error={ask.error} />
      <div role="status">{ask.data && <AnswerPanel answer={ask.data} />}</div>
    </Panel>
  );
};

export const ContactPane = ({ id }: { id: string }) => {
  const asked = useQuery({ queryKey: keys.contact(id), queryFn: () => api.contacts.get(id) });
  if (!asked.data) return asked.error ? <ProblemNote error={asked.error} retry={() => void asked.refetch()} /> : <Waiting />;
  const contact = asked.data;
  return (
    <article className={css.stack} aria-label={contact.name}>
      <Panel>
        <div className={css.title}><h2><Name>{contact.name}</Name></h2></div>
        <dl className={css.facts}>
          {contact.organisation && <><dt>{t.organisation}</dt><dd><Name>{contact.organisation}</Name></dd></>}
          <dt>{t.numbers}</dt>
          <dd>{contact.numbers.length === 0 ? <span className="dim">{t.noNumbers}</span> : <ul className={css.bare}>{contact.numbers.map((n, i) => <li key={i}><span className="number">{n.raw}</span>{n.label && <span className="dim small"> {n.label}</span>}{n.e164 === null && !/^[0-9]{2,6}$/.test(n.raw) && <span className="dim small"> · {t.notUsable}</span>}</li>)}</ul>}</dd>
          <dt>{t.code}</dt><dd><Code contact={contact} /></dd>
          <dt>{t.book}</dt><dd><Name>{contact.book}</Name></dd>
          <dt>{t.updated}</dt><dd><Age at={contact.updatedAt} /></dd>
        </dl>
        <p><Anchor component={Link} inherit to={`/calls?contact=${contact.id}`}>{t.calls}</Anchor></p>
      </Panel>
      <WhatIf key={contact.code} contact={contact} />
    </article>
  );
};
