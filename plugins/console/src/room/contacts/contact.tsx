import { Anchor, Button, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { Contact } from '@ringbook/contracts/contact';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { api, keys, queries } from '../../api.js';
import { beyondFields, fieldError, isStatus } from '../../lib/problem.js';
import { Age, Panel, ProblemNote, Waiting } from '../../part/basics.js';
import { AnswerPanel } from '../../part/answer.js';
import { CodeBadge, Name } from '../../part/name.js';
import css from '../../part/part.module.css';
import { useMe } from '../../shell/session.js';
import { w } from '../../words/index.js';

const t = w.calls.contacts;

const CodeForm = ({ contact, done }: { contact: Contact; done: (saved?: string | null) => void }) => {
  const [code, setCode] = useState(contact.code ?? '');
  const save = useMutation({
    mutationFn: () => api.contacts.setCode(contact.id, code.trim() || null),
    onSuccess: (changed) => { queries.setQueryData(keys.contact(contact.id), changed); void queries.invalidateQueries({ queryKey: keys.contacts }); done(changed.code); },
  });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <form onSubmit={submit} className={css.stack} onKeyDown={(e) => { if (e.key === 'Escape') done(); }}>
      <TextInput aria-label={t.code} description={`${t.codeHelp} ${t.writesBack(contact.book)}`} value={code} maxLength={24} autoFocus spellCheck={false} error={fieldError(save.error, 'handlingCode')} onChange={(e) => setCode(e.currentTarget.value)} />
      <ProblemNote error={isStatus(save.error, 412) ? new Error(t.conflict) : beyondFields(save.error, ['handlingCode'])} />
      <div className={css.actions}>
        <Button type="submit" size="xs" loading={save.isPending} disabled={code.trim() === (contact.code ?? '')}>{w.save}</Button>
        <Button size="xs" variant="default" onClick={() => done()}>{w.cancel}</Button>
      </div>
    </form>
  );
};

const Code = ({ contact }: { contact: Contact }) => {
  const [editing, setEditing] = useState(false);
  const [said, setSaid] = useState('');
  const opener = useRef<HTMLButtonElement>(null);
  const done = (saved?: string | null) => { setEditing(false); if (saved !== undefined) setSaid(t.saved(saved)); };
  // The form had the focus; it goes to the button that opens it again.
  const was = useRef(false);
  useEffect(() => { if (was.current && !editing) opener.current?.focus(); was.current = editing; }, [editing]);
  return (
    <>
      {editing ? <CodeForm contact={contact} done={done} /> : (
        <div className={css.actions}>
          {contact.code ? <CodeBadge code={contact.code} /> : <span className="dim">{w.noCode}</span>}
          <Button ref={opener} size="compact-sm" variant="subtle" leftSection={<IconPencil size={15} aria-hidden />} onClick={() => { setSaid(''); setEditing(true); }}>{w.change}<span className="hidden">: {t.editCode(contact.name)}</span></Button>
        </div>
      )}
      <p role="status" className="dim small" style={{ margin: said ? '0.35rem 0 0' : 0 }}>{said}</p>
    </>
  );
};

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
