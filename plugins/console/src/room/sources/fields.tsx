/** The fields that say how a source is reached. */
import { PasswordInput, SegmentedControl, Select, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';
import type { DavAuth, LdapMap } from '@ringbook/contracts/book';
import { useId, type ReactNode } from 'react';
import { fieldError } from '../../lib/problem.js';
import { w } from '../../words/index.js';
import css from './sources.module.css';
import { numberTag, readNumberTag, startMap, type LdapForm, type SourceForm } from './form.js';

const t = w.sources;
export interface FieldsProps { form: SourceForm; error: unknown; keeps?: boolean; calendar?: boolean; onChange: (form: SourceForm) => void }
type Typed = { currentTarget: { value: string } };
/** The fields these forms show: a problem that names only them needs no note of its own. */
export const SHOWN = ['name', 'url', 'username', 'password', 'auth', 'changes.url', 'changes.username', 'changes.password', 'ldap.base', 'ldap.filter', 'ldap.certificate', 'ldap.map.name', 'ldap.map.organisation', 'ldap.map.uid', 'ldap.map.numbers'];
const at = (error: unknown, path: string) => fieldError(error, path) ?? fieldError(error, `changes.${path}`);

const More = ({ open, children }: { open?: boolean; children: ReactNode }) => <details className={css.more} open={open}><summary>{t.more}</summary><div className={css.fields}>{children}</div></details>;

const Password = ({ form, error, keeps, calendar, onChange }: FieldsProps) => (
  <PasswordInput label={t.password} description={keeps ? t.passwordKeep : calendar ? t.passwordHelpCalendar : t.passwordHelp} autoComplete="off" value={form.password} error={at(error, 'password')} onChange={(e: Typed) => onChange({ ...form, password: e.currentTarget.value })} />
);

export const DavFields = (props: FieldsProps) => {
  const { form, error, onChange } = props;
  return (
    <>
      <TextInput label={t.url} description={props.calendar ? t.urlHelpCalendar : t.urlHelp} placeholder={t.urlPlaceholder} autoFocus={!props.keeps} data-autofocus={props.keeps ? undefined : true} required withAsterisk={false} inputMode="url" spellCheck={false} autoCapitalize="none" value={form.url} error={at(error, 'url')} onChange={(e) => onChange({ ...form, url: e.currentTarget.value })} />
      <div className={css.pair}>
        <TextInput label={t.username} spellCheck={false} autoCapitalize="none" value={form.username} error={at(error, 'username')} onChange={(e) => onChange({ ...form, username: e.currentTarget.value })} />
        <Password {...props} />
      </div>
      <More open={form.auth !== 'auto'}>
        <Select label={t.auth} data={Object.entries(t.auths).map(([value, label]) => ({ value, label }))} value={form.auth} error={at(error, 'auth')} onChange={(auth) => onChange({ ...form, auth: (auth ?? 'auto') as DavAuth })} />
      </More>
    </>
  );
};

const MapFields = ({ ldap, error, set }: { ldap: LdapForm; error: unknown; set: (patch: Partial<LdapForm>) => void }) => {
  const { map } = ldap;
  const put = (patch: Partial<LdapMap>) => set({ map: { ...map!, ...patch } });
  const tags = (key: 'name' | 'organisation' | 'uid', label: string, max: number) =>
    <TagsInput label={label} description={key === 'name' ? t.mapHelp : undefined} maxTags={max} acceptValueOnBlur splitChars={[',', ' ', ';']} value={map![key]} error={at(error, `ldap.map.${key}`)} onChange={(value) => put({ [key]: value })} />;
  return (
    <fieldset className={css.group}>
      <legend className="hidden">{t.map}</legend>
      <Switch label={t.mapOwn} checked={map !== null} onChange={(e) => set({ map: e.currentTarget.checked ? startMap(ldap.preset) : null })} />
      {map && (
        <>
          {tags('name', t.mapName, 5)}
          <TagsInput label={t.mapNumbers} description={t.mapNumbersHelp} maxTags={20} acceptValueOnBlur splitChars={[',', ';']} value={map.numbers.map(numberTag)} error={at(error, 'ldap.map.numbers')} onChange={(value) => put({ numbers: value.map(readNumberTag) })} />
          {tags('organisation', t.mapOrganisation, 5)}
          {tags('uid', t.mapUid, 3)}
        </>
      )}
    </fieldset>
  );
};

export const LdapFields = (props: FieldsProps) => {
  const { form, error, onChange } = props;
  const preset = useId();
  const set = (patch: Partial<LdapForm>) => onChange({ ...form, ldap: { ...form.ldap, ...patch } });
  const { ldap } = form;
  return (
    <>
      <TextInput label={t.ldapUrl} description={t.ldapUrlHelp} placeholder="ldaps://directory.example.org" autoFocus={!props.keeps} data-autofocus={props.keeps ? undefined : true} required withAsterisk={false} spellCheck={false} value={form.url} error={at(error, 'url')} onChange={(e) => onChange({ ...form, url: e.currentTarget.value })} />
      <div>
        <span className={css.label} id={preset}>{t.preset}</span>
        <SegmentedControl size="xs" aria-labelledby={preset} value={ldap.preset} data={Object.entries(t.presets).map(([value, label]) => ({ value, label }))} onChange={(value) => set({ preset: value as LdapForm['preset'], ...(ldap.map ? { map: startMap(value as LdapForm['preset']) } : {}) })} />
      </div>
      <TextInput label={t.base} description={t.baseHelp} required withAsterisk={false} spellCheck={false} value={ldap.base} error={at(error, 'ldap.base')} onChange={(e) => set({ base: e.currentTarget.value })} />
      <div className={css.pair}>
        <TextInput label={t.ldapUser} description={t.ldapUserHelp} spellCheck={false} value={form.username} error={at(error, 'username')} onChange={(e) => onChange({ ...form, username: e.currentTarget.value })} />
        <Password {...props} />
      </div>
      <Switch label={t.startTls} description={t.startTlsHelp} disabled={/^ldaps:/i.test(form.url)} checked={ldap.startTls && !/^ldaps:/i.test(form.url)} onChange={(e) => set({ startTls: e.currentTarget.checked })} />
      <More open={Boolean(ldap.filter || ldap.certificate || ldap.map)}>
        <TextInput label={t.filter} description={t.filterHelp} spellCheck={false} value={ldap.filter} error={at(error, 'ldap.filter')} onChange={(e) => set({ filter: e.currentTarget.value })} />
        <Textarea label={t.certificate} description={t.certificateHelp} autosize minRows={2} maxRows={6} spellCheck={false} value={ldap.certificate} error={at(error, 'ldap.certificate')} onChange={(e) => set({ certificate: e.currentTarget.value })} />
        <MapFields ldap={ldap} error={error} set={set} />
      </More>
    </>
  );
};
export const ReachFields = (props: FieldsProps) => (props.form.kind === 'ldap' ? <LdapFields {...props} /> : <DavFields {...props} />);
