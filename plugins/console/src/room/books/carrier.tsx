/** Where the handling code lives in the cards of a book. */
import { SegmentedControl, TextInput } from '@mantine/core';
import type { Carrier } from '@ringbook/contracts/carrier';
import { useId } from 'react';
import { fieldError } from '../../lib/problem.js';
import { w } from '../../words/index.js';
import rules from '../rules/rules.module.css';

const t = w.books;
export const DEFAULT_CARRIER: Carrier = { field: 'X-CUSTOM4' };
const fieldOf = (carrier: Carrier) => ('field' in carrier ? carrier.field : carrier.attribute);
const patternOf = (carrier: Carrier) => ('pattern' in carrier ? carrier.pattern : null);

export const CarrierFields = ({ carrier, path, error, onChange }: { carrier: Carrier; path: string; error: unknown; onChange: (carrier: Carrier) => void }) => {
  const pattern = patternOf(carrier);
  const label = useId();
  const at = (key: string) => fieldError(error, path ? `${path}.${key}` : key) ?? (path && key === 'field' ? fieldError(error, path) : undefined);
  return (
    <>
      <div>
        <span className={rules.label} id={label}>{t.carrier}</span>
        <SegmentedControl size="xs" aria-labelledby={label} value={pattern === null ? 'field' : 'note'} data={[{ value: 'field', label: t.carrierField }, { value: 'note', label: t.carrierNote }]}
          onChange={(value) => onChange(value === 'field' ? DEFAULT_CARRIER : { field: 'NOTE', pattern: '[call:{code}]' })} />
      </div>
      {pattern === null
        ? <TextInput label={t.field} description={t.fieldHelp} value={fieldOf(carrier)} error={at('field')} onChange={(e) => onChange({ field: e.currentTarget.value.trim() })} />
        : <TextInput label={t.pattern} description={t.patternHelp} value={pattern} error={at('pattern')} onChange={(e) => onChange({ field: fieldOf(carrier), pattern: e.currentTarget.value })} />}
    </>
  );
};
export const carrierWords = (carrier: Carrier) => t.carrierWords(fieldOf(carrier), patternOf(carrier));
