/** Naming a place for the code by hand: a field, a part of a text, a category; in a directory an attribute. */
import { SegmentedControl, TextInput } from '@mantine/core';
import type { Carrier } from '@ringbook/contracts/carrier';
import { useId } from 'react';
import { fieldError } from '../../lib/problem.js';
import { w } from '../../words/index.js';
import { placeOf } from '../books/words.js';
import css from '../sources/sources.module.css';

const t = w.carrier;
type Form = 'field' | 'pattern' | 'prefix';
const formOf = (carrier: Carrier): Form => ('pattern' in carrier ? 'pattern' : 'prefix' in carrier ? 'prefix' : 'field');
const PATTERN = '[call:{code}]';
const fresh = (form: Form, ldap: boolean): Carrier => {
  if (ldap) return form === 'pattern' ? { attribute: 'description', pattern: PATTERN } : { attribute: 'employeeType' };
  return form === 'pattern' ? { field: 'NOTE', pattern: PATTERN } : form === 'prefix' ? { field: 'CATEGORIES', prefix: 'rb-' } : { field: 'X-CUSTOM4' };
};
/** The fields shown here, as a problem names them. */
export const PLACE_FIELDS = ['carrier', 'field', 'attribute', 'pattern', 'prefix'].flatMap((key) => [key, `carrier.${key}`, `to.${key}`]);
const wrong = (error: unknown, ...keys: string[]) => keys.flatMap((key) => [key, `carrier.${key}`, `to.${key}`]).map((path) => fieldError(error, path)).find(Boolean);

export const PlaceFields = ({ carrier, ldap, error, onChange }: { carrier: Carrier; ldap: boolean; error: unknown; onChange: (carrier: Carrier) => void }) => {
  const label = useId();
  const form = formOf(carrier);
  const forms: Form[] = ldap ? ['field', 'pattern'] : ['field', 'pattern', 'prefix'];
  const key = ldap ? 'attribute' : 'field';
  const rename = (name: string) => onChange({ ...carrier, [key]: name.trim() } as Carrier);
  return (
    <>
      <div>
        <span className={css.label} id={label}>{t.form}</span>
        <SegmentedControl size="xs" aria-labelledby={label} value={form} data={forms.map((value) => ({ value, label: t.forms[value] }))} onChange={(value) => onChange(fresh(value as Form, ldap))} />
      </div>
      <div className={css.pair}>
        <TextInput label={ldap ? t.attribute : t.field} description={ldap ? t.attributeHelp : form === 'field' ? t.fieldHelp : undefined} spellCheck={false} value={placeOf(carrier)} error={wrong(error, key, 'carrier')} onChange={(e) => rename(e.currentTarget.value)} />
        {'pattern' in carrier && <TextInput label={t.pattern} description={t.patternHelp} spellCheck={false} value={carrier.pattern} error={wrong(error, 'pattern')} onChange={(e) => onChange({ ...carrier, pattern: e.currentTarget.value })} />}
        {'prefix' in carrier && <TextInput label={t.prefix} description={t.prefixHelp} spellCheck={false} value={carrier.prefix} error={wrong(error, 'prefix')} onChange={(e) => onChange({ ...carrier, prefix: e.currentTarget.value.trim() })} />}
      </div>
    </>
  );
};
