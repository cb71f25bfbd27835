/** What is typed about a source, and what is sent from it. Pure. */
import type { Calendar } from '@ringbook/contracts/calendar';
import type { AddressBook, DavAuth, LdapMap, LdapOptions, NewAddressBook } from '@ringbook/contracts/book';

export type SourceKind = NewAddressBook['kind'];
type Preset = LdapOptions['preset'];
export interface LdapForm { preset: Preset; base: string; filter: string; startTls: boolean; certificate: string; map: LdapMap | null }
export interface SourceForm { kind: SourceKind; name: string; url: string; username: string; password: string; auth: DavAuth; shared: boolean; ldap: LdapForm }

/** Only a company's directory is meant for everybody from the start, and only administrators can share; one's own contacts are shared by a deliberate switch. */
export const emptyForm = (kind: SourceKind, admin: boolean): SourceForm =>
  ({ kind, name: '', url: '', username: '', password: '', auth: 'auto', shared: admin && kind === 'ldap', ldap: { preset: 'openldap', base: '', filter: '', startTls: false, certificate: '', map: null } });

/** Where naming one's own attributes starts from. */
export const startMap = (preset: Preset): LdapMap => ({
  name: preset === 'activeDirectory' ? ['displayName', 'cn'] : ['cn', 'displayName'], organisation: preset === 'activeDirectory' ? ['company'] : ['o'], uid: [preset === 'activeDirectory' ? 'objectGUID' : 'entryUUID'],
  numbers: [{ attribute: 'telephoneNumber', label: 'work' }, { attribute: 'mobile', label: 'cell' }, { attribute: 'homePhone', label: 'home' }],
});

/** `mobile:cell` <-> {attribute: 'mobile', label: 'cell'} */
export const numberTag = ({ attribute, label }: LdapMap['numbers'][number]) => (label ? `${attribute}:${label}` : attribute);
export const readNumberTag = (tag: string): LdapMap['numbers'][number] => {
  const [attribute = '', ...rest] = tag.split(':');
  const label = rest.join(':').trim();
  return { attribute: attribute.trim(), ...(label ? { label } : {}) };
};

export const ldapOptionsOf = ({ preset, base, filter, startTls, certificate, map }: LdapForm): LdapOptions => ({
  preset, base: base.trim(), ...(filter.trim() ? { filter: filter.trim() } : {}), ...(startTls ? { startTls } : {}), ...(certificate.trim() ? { certificate: certificate.trim() } : {}), ...(map ? { map } : {}),
});
const ldapFormOf = (options: LdapOptions | null): LdapForm =>
  ({ preset: options?.preset ?? 'openldap', base: options?.base ?? '', filter: options?.filter ?? '', startTls: options?.startTls ?? false, certificate: options?.certificate ?? '', map: options?.map ?? null });

export const formOf = (book: AddressBook): SourceForm => ({
  kind: book.kind === 'practice' ? 'import' : book.kind, name: book.name, url: book.url, username: book.username, password: '', auth: book.auth ?? 'auto', shared: book.shared, ldap: ldapFormOf(book.ldap),
});

/** What differs in how it is reached; no password when none was typed. */
const reachChanges = ({ url, username, password }: SourceForm, was: { url: string; username: string }) => ({
  ...(url.trim() === was.url ? {} : { url: url.trim() }), ...(username.trim() === was.username ? {} : { username: username.trim() }), ...(password ? { password } : {}),
});
const reachOf = ({ url, username, password }: SourceForm) => ({ url: url.trim(), username: username.trim(), password });
const davOf = (form: SourceForm) => ({ kind: 'carddav' as const, ...reachOf(form), ...(form.auth === 'auto' ? {} : { auth: form.auth }) });
const ldapOf = (form: SourceForm) => ({ kind: 'ldap' as const, ...reachOf(form), ldap: ldapOptionsOf(form.ldap) });
/** What the connection test of a new source is asked with. */
export const testOf = (form: SourceForm) => (form.kind === 'ldap' ? ldapOf(form) : davOf(form));
/** One new book: a found collection's own address and name, or what was typed. */
export const newBookOf = (form: SourceForm, found?: { name: string; url: string }): NewAddressBook => {
  const common = { name: found?.name.trim() || form.name.trim(), ...(form.shared ? { shared: true } : {}) };
  if (form.kind === 'import') return { kind: 'import', ...common };
  return form.kind === 'ldap' ? { ...ldapOf(form), ...common } : { ...davOf(form), ...common, ...(found ? { url: found.url } : {}) };
};
export const newCalendarOf = (form: SourceForm, found: { name: string; url: string }) => {
  const { kind: _, ...dav } = davOf(form);
  return { ...dav, name: found.name.trim() || form.name.trim() || found.url, url: found.url };
};

export const calendarFormOf = ({ name, url, username, auth }: Calendar): SourceForm => ({ ...emptyForm('carddav', false), name, url, username, auth });
export const calendarChangesOf = (form: SourceForm, calendar: Calendar) => ({
  ...(form.name.trim() === calendar.name ? {} : { name: form.name.trim() }), ...reachChanges(form, calendar), ...(form.auth === calendar.auth ? {} : { auth: form.auth }),
});

/** Only what differs from what is kept; no password when none was typed. */
export const changesOf = (form: SourceForm, book: AddressBook) => {
  const was = formOf(book);
  const ldap = ldapOptionsOf(form.ldap);
  return {
    ...(form.name.trim() === was.name ? {} : { name: form.name.trim() }), ...(form.shared === was.shared ? {} : { shared: form.shared }),
    ...(book.kind === 'practice' || book.kind === 'import' ? {} : {
      ...reachChanges(form, was),
      ...(book.kind === 'carddav' && form.auth !== was.auth ? { auth: form.auth } : {}), ...(book.kind === 'ldap' && JSON.stringify(ldap) !== JSON.stringify(ldapOptionsOf(was.ldap)) ? { ldap } : {}),
    }),
  };
};
