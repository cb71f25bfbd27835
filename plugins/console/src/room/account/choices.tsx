/** What was answered to "Who is it?", and taking an answer back. */
import { Anchor, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { contactPath } from '../../lib/paths.js';
import { Age, Panel, ProblemNote, Waiting } from '../../part/basics.js';
import { Name, Num } from '../../part/name.js';
import part from '../../part/part.module.css';
import { w } from '../../words/index.js';

const t = w.calls.choice;

export const Choices = () => {
  const asked = useQuery({ queryKey: keys.choices, queryFn: api.contacts.choices });
  const forget = useMutation({
    mutationFn: (number: string) => api.contacts.choose({ number, contactId: null }),
    onSuccess: (_, number) => { queries.removeQueries({ queryKey: keys.lookup(number) }); return queries.invalidateQueries({ queryKey: keys.choices }); },
  });
  const items = asked.data?.items ?? [];
  return (
    <Panel className={part.stack} label={t.title}>
      <h2 style={{ margin: 0 }}>{t.title}</h2>
      <p className="dim small" style={{ margin: 0 }}>{items.length ? t.help : t.none}</p>
      <ProblemNote error={asked.error ?? forget.error} />
      {asked.isPending ? <Waiting /> : items.length > 0 && (
        <ul className={part.lines} aria-label={t.title}>
          {items.map(({ number, contact, at }) => (
            <li key={number}>
              <div className={part.grow}><Num>{number}</Num>: <Anchor component={Link} inherit to={contactPath(contact.id)}><Name>{contact.name}</Name></Anchor><div className="dim small"><Name>{contact.book}</Name> · <Age at={at} /></div></div>
              <Button size="compact-sm" variant="default" loading={forget.isPending && forget.variables === number} onClick={() => forget.mutate(number)}>{w.calls.contacts.forget}<span className="hidden">: {t.forgetOf(number)}</span></Button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};
