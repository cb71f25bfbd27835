/** The handling code of one contact: shown, changed, waiting for its server, or lost and offered again. */
import { Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { Contact } from '@ringbook/contracts/contact';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { api, keys, queries } from '../../api.js';
import { asKnown, useCodes } from '../../lib/codes.js';
import { beyondFields, fieldError, isStatus } from '../../lib/problem.js';
import { Age, ProblemNote } from '../../part/basics.js';
import { CodeInput } from '../../part/code-input.js';
import { CodeBadge } from '../../part/name.js';
import { Note } from '../../part/note.js';
import css from '../../part/part.module.css';
import { w } from '../../words/index.js';

const t = w.calls.contacts;
const refresh = () => { for (const key of [keys.contacts, keys.codes, keys.books]) void queries.invalidateQueries({ queryKey: key }); };

const CodeForm = ({ contact, done }: { contact: Contact; done: (saved?: Contact) => void }) => {
  const known = useCodes();
  const [code, setCode] = useState(contact.code ?? '');
  const typed = asKnown(code.trim(), known);
  const save = useMutation({
    mutationFn: () => api.contacts.setCode(contact.id, typed || null),
    onSuccess: (changed) => { queries.setQueryData(keys.contact(contact.id), changed); refresh(); done(changed); },
  });
  const submit = (event: FormEvent) => { event.preventDefault(); save.mutate(); };
  return (
    <form onSubmit={submit} className={css.stack} onKeyDown={(e) => { if (e.key === 'Escape' && !e.defaultPrevented) done(); }}>
      <CodeInput label={t.code} hidden help={`${w.codes.pickHelp} ${t.writesBack(contact.book)}`} value={code} autoFocus error={fieldError(save.error, 'handlingCode')} onChange={setCode} />
      <ProblemNote error={isStatus(save.error, 412) ? new Error(t.conflict) : beyondFields(save.error, ['handlingCode'])} />
      <div className={css.actions}>
        <Button type="submit" size="xs" loading={save.isPending} disabled={typed === (contact.code ?? '')}>{w.save}</Button>
        <Button size="xs" variant="default" onClick={() => done()}>{w.cancel}</Button>
      </div>
    </form>
  );
};

const Waits = ({ pending }: { pending: NonNullable<Contact['pending']> }) => (
  <Note tone="warn"><p>{pending.refused ? t.refusedLong(pending.code) : t.waitsLong(pending.code)} <span className="small">(<Age at={pending.since} />)</span></p>{pending.error && <p className="small">{t.waitsError}: <bdi dir="auto">{pending.error}</bdi></p>}</Note>
);

const Lost = ({ contact, code }: { contact: Contact; code: string }) => {
  const repair = useMutation({ mutationFn: (action: 'restore' | 'forget') => api.books.repair(contact.bookId, { contacts: [contact.id], action }), onSuccess: refresh });
  return (
    <Note tone="warn" label={t.lost(code)}>
      <p>{t.lost(code)}</p>
      <ProblemNote error={repair.error} />
      <div className={css.actions}>
        <Button size="compact-sm" variant="light" loading={repair.isPending && repair.variables === 'restore'} onClick={() => repair.mutate('restore')}>{t.restore}</Button>
        <Button size="compact-sm" variant="default" loading={repair.isPending && repair.variables === 'forget'} onClick={() => repair.mutate('forget')}>{t.forget}</Button>
      </div>
    </Note>
  );
};

export const Code = ({ contact }: { contact: Contact }) => {
  const [editing, setEditing] = useState(false);
  const [said, setSaid] = useState('');
  const opener = useRef<HTMLButtonElement>(null);
  const done = (saved?: Contact) => { setEditing(false); if (saved) setSaid(saved.pending && !saved.pending.refused ? t.savedWaits(saved.code) : t.saved(saved.code)); };
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
      <p role="status" className={contact.pending ? 'hidden' : 'dim small'} style={{ margin: said ? '0.35rem 0' : 0 }}>{said}</p>
      {contact.pending && <Waits pending={contact.pending} />}
      {contact.lostCode && <Lost contact={contact} code={contact.lostCode} />}
    </>
  );
};
