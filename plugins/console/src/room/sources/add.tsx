/** Adding a source in steps: which kind, how it is reached, what of it. */
import { Button, Switch, TextInput } from '@mantine/core';
import { IconAddressBook, IconBuilding, IconFileImport } from '@tabler/icons-react';
import type { AddressBook } from '@ringbook/contracts/book';
import { useIsMutating, useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api.js';
import { beyondFields, fieldError } from '../../lib/problem.js';
import { bookPath } from '../../lib/paths.js';
import { ProblemNote } from '../../part/basics.js';
import { Dialog } from '../../part/dialog.js';
import { Note } from '../../part/note.js';
import part from '../../part/part.module.css';
import { ProgressBar } from '../../part/progress.js';
import { useIsAdmin } from '../../shell/session.js';
import { w } from '../../words/index.js';
import { ReachFields, SHOWN } from './fields.js';
import { emptyForm, testOf, type SourceForm, type SourceKind } from './form.js';
import { firstPick, Pick, type Picked } from './pick.js';
import { Report } from './report.js';
import css from './sources.module.css';
import { ADDING, useAdding } from './use-adding.js';

const t = w.sources;
const KINDS = [['carddav', IconAddressBook], ['ldap', IconBuilding], ['import', IconFileImport]] as const;

/** What was found begins with its heading, so that it takes the focus; a form gives it to its first field. */
const Where = ({ at, of, name, focus = false }: { at: number; of: number; name: string; focus?: boolean }) => {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => { if (focus) place.current?.focus(); }, [focus]);
  return <p ref={place} tabIndex={-1} className={css.where}>{t.where(at, of, name)}</p>;
};

const Kinds = ({ onPick }: { onPick: (kind: SourceKind) => void }) => (
  <div role="group" aria-label={t.kindLegend} className={css.kinds}>
    {KINDS.map(([kind, Icon], i) => (
      <button key={kind} type="button" className={css.kind} data-autofocus={i === 0 || undefined} onClick={() => onPick(kind)}>
        <Icon size={22} aria-hidden /><span><strong>{t.kind[kind]}</strong><span className="dim small">{t.kindHelp[kind]}</span></span>
      </button>
    ))}
  </div>
);

const Shared = ({ form, onChange }: { form: SourceForm; onChange: (form: SourceForm) => void }) => (useIsAdmin()
  ? <Switch label={t.shared} description={t.sharedHelp} checked={form.shared} onChange={(e) => onChange({ ...form, shared: e.currentTarget.checked })} /> : null);

interface StepProps { form: SourceForm; setForm: (form: SourceForm) => void; onBack?: () => void; onDone: (books: AddressBook[]) => void; calendar: boolean }

const FileStep = ({ form, setForm, onBack, onDone }: StepProps) => {
  const { add } = useAdding(onDone);
  const submit = (event: FormEvent) => { event.preventDefault(); add.mutate({ form, found: [], picked: {} }); };
  return (
    <form onSubmit={submit} className={css.fields}>
      <TextInput label={t.fileName} autoFocus required withAsterisk={false} maxLength={80} value={form.name} error={fieldError(add.error, 'name')} onChange={(e) => setForm({ ...form, name: e.currentTarget.value })} />
      <Shared form={form} onChange={setForm} />
      <ProblemNote error={beyondFields(add.error, ['name'])} />
      <div className={part.actions}><Button type="submit" loading={add.isPending}>{t.createFile}</Button><Button variant="default" disabled={add.isPending} onClick={onBack}>{t.back}</Button></div>
    </form>
  );
};

const PickStep = ({ form, setForm, onBack, onDone, calendar, report }: StepProps & { report: Awaited<ReturnType<typeof api.books.test>> }) => {
  const [picked, setPicked] = useState<Picked>(() => firstPick(report.found, calendar));
  const { at, failures, add } = useAdding(onDone);
  const ldap = form.kind === 'ldap';
  const of = (kind: string) => report.found.filter((each) => each.kind === kind && each.url in picked).length;
  const nothing = !ldap && Object.keys(picked).length === 0;
  const submit = (event: FormEvent) => { event.preventDefault(); add.mutate({ form, found: report.found, picked }); };
  return (
    <form onSubmit={submit} className={css.fields}>
      <Report report={report} />
      {ldap ? report.ok && <TextInput label={t.name} required withAsterisk={false} maxLength={80} value={form.name} error={fieldError(add.error, 'name')} onChange={(e) => setForm({ ...form, name: e.currentTarget.value })} />
        : report.found.length > 0 ? <Pick found={report.found} picked={picked} calendar={calendar} onChange={setPicked} /> : report.ok && <p className="dim">{t.pickNone}</p>}
      {(ldap ? report.ok : of('addressBook') > 0) && <Shared form={form} onChange={setForm} />}
      {(ldap ? report.ok : of('addressBook') > 0) && <p className="dim small" style={{ margin: 0 }}>{ldap ? t.codesLaterLdap : t.codesLater}</p>}
      {failures.length > 0 && <div role="alert"><Note tone="warn"><p>{t.someFailed}</p><ul>{failures.map(({ name, text }) => <li key={name}><bdi dir="auto">{name}</bdi>: {text}</li>)}</ul></Note></div>}
      <ProblemNote error={beyondFields(add.error, ldap ? ['name'] : [])} />
      {add.isPending && at.of > 1 && <ProgressBar label={t.add(0, 0)} done={at.done} total={at.of} words={(done, of2) => t.adding(Number(done), Number(of2))} />}
      <div className={part.actions}>
        {(ldap ? report.ok : report.found.length > 0) && <Button type="submit" disabled={nothing} loading={add.isPending}>{ldap ? t.add(1, 0) : t.add(of('addressBook'), of('calendar'))}</Button>}
        <Button variant="default" disabled={add.isPending} onClick={onBack}>{t.back}</Button>
      </div>
    </form>
  );
};

export const AddSource = ({ calendar = false, onClose }: { calendar?: boolean; onClose: () => void }) => {
  const admin = useIsAdmin();
  const navigate = useNavigate();
  const [form, setForm] = useState<SourceForm | null>(calendar ? emptyForm('carddav', admin) : null);
  const test = useMutation({ mutationFn: (asked: SourceForm) => api.books.test(testOf(asked)) });
  // What is being added goes on to its end: the dialog stays until it is told.
  const adding = useIsMutating({ mutationKey: ADDING }) > 0;
  const done = (books: AddressBook[]) => { onClose(); if (form?.kind === 'import' && books[0]) void navigate(bookPath(books[0].id)); };
  const submit = (event: FormEvent) => { event.preventDefault(); if (form) test.mutate(form); };
  const first = calendar ? 0 : 1;
  const of = (form?.kind === 'import' ? 1 : 2) + first;
  const common = { form: form!, setForm: (next: SourceForm) => setForm(next), onDone: done, calendar };
  return (
    <Dialog onClose={onClose} dismissable={!adding} title={calendar ? t.titleCalendar : t.title} size="lg" typing={form !== null}>
      {form === null ? <><Where at={1} of={3} name={t.stepKind} /><Kinds onPick={(kind) => setForm(emptyForm(kind, admin))} /></>
        : form.kind === 'import' ? <><Where at={2} of={of} name={t.fileName} /><FileStep {...common} onBack={() => setForm(null)} /></>
          : test.data ? <><Where focus at={2 + first} of={of} name={t.stepPick} /><PickStep {...common} report={test.data} onBack={test.reset} /></>
            : (
              <form onSubmit={submit} className={css.fields}>
                <Where at={1 + first} of={of} name={t.stepReach} />
                <ReachFields form={form} error={test.error} calendar={calendar} onChange={setForm} />
                <ProblemNote error={beyondFields(test.error, SHOWN)} />
                <div className={part.actions}>
                  <Button type="submit" loading={test.isPending}>{t.test}</Button>
                  <Button variant="default" onClick={() => { test.reset(); if (calendar) onClose(); else setForm(null); }}>{calendar ? w.cancel : t.back}</Button>
                  <span role="status" className="dim small">{test.isPending ? t.testing : ''}</span>
                </div>
              </form>
            )}
    </Dialog>
  );
};
