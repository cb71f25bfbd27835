/** A handling code being typed: one's own codes are offered by code and name. */
import { Autocomplete } from '@mantine/core';
import { useCodes } from '../lib/codes.js';
import { w } from '../words/index.js';
import { CodeBadge } from './name.js';
import css from './part.module.css';

interface CodeInputProps { label: string; hidden?: boolean; help?: string; value: string; error?: string; autoFocus?: boolean; disabled?: boolean; onChange: (code: string) => void }
export const CodeInput = ({ label, hidden, help = w.codes.pickHelp, value, error, autoFocus, disabled, onChange }: CodeInputProps) => {
  const known = useCodes();
  const names = Object.fromEntries(known.map((each) => [each.code, each.name ?? '']));
  const fits = (code: string, typed: string) => code.toLowerCase().includes(typed) || (names[code] ?? '').toLowerCase().includes(typed);
  return (
    <Autocomplete {...(hidden ? { 'aria-label': label } : { label })} description={help} value={value} error={error} maxLength={24} spellCheck={false} autoFocus={autoFocus} disabled={disabled} openOnFocus={false} data={known.map((each) => each.code)}
      // A code that stands there in full leaves nothing to offer.
      filter={({ options, search }) => options.filter((option) => 'value' in option && option.value !== search && fits(option.value, search.trim().toLowerCase()))}
      renderOption={({ option }) => <span className={css.actions}><CodeBadge code={option.value} /></span>}
      onChange={onChange} />
  );
};
