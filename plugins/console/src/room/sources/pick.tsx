/** What the account holds, to be ticked and added at once. */
import { Checkbox, TextInput } from '@mantine/core';
import type { FoundCollection } from '@ringbook/contracts/book';
import { w } from '../../words/index.js';
import css from './sources.module.css';

const t = w.sources;
export type Picked = Record<string, string>;
/** Ticked from the start: every address book that is not there yet; calendars too, when they are what was asked for. */
export const firstPick = (found: readonly FoundCollection[], calendar: boolean): Picked =>
  Object.fromEntries(found.filter((each) => !each.known && (each.kind === 'calendar') === calendar).map(({ url, name }) => [url, name]));

const One = ({ item, picked, onChange }: { item: FoundCollection; picked: Picked; onChange: (picked: Picked) => void }) => {
  const chosen = item.url in picked;
  const { [item.url]: _, ...others } = picked;
  const said = [item.known ? t.known : '', item.readOnly && !item.known ? (item.kind === 'calendar' ? t.readOnlyCalendar : t.readOnly) : ''].filter(Boolean).join(', ');
  return (
    <li>
      <Checkbox checked={chosen} disabled={item.known} label={<bdi dir="auto">{item.name || item.url}</bdi>} description={said || undefined} onChange={(e) => onChange(e.currentTarget.checked ? { ...picked, [item.url]: item.name } : others)} />
      {chosen && <TextInput className={css.rename} size="xs" aria-label={`${t.name}: ${item.name || item.url}`} maxLength={80} value={picked[item.url]} onChange={(e) => onChange({ ...picked, [item.url]: e.currentTarget.value })} />}
    </li>
  );
};

export const Pick = ({ found, picked, calendar, onChange }: { found: readonly FoundCollection[]; picked: Picked; calendar: boolean; onChange: (picked: Picked) => void }) => {
  const kinds = calendar ? ['calendar', 'addressBook'] as const : ['addressBook', 'calendar'] as const;
  return (
    <>
      {kinds.map((kind) => {
        const items = found.filter((each) => each.kind === kind);
        return items.length > 0 && (
          <fieldset key={kind} className={css.group}>
            <legend>{kind === 'calendar' ? t.pickCalendars : t.pickBooks}</legend>
            <ul className={css.found}>{items.map((item) => <One key={item.url} item={item} picked={picked} onChange={onChange} />)}</ul>
          </fieldset>
        );
      })}
    </>
  );
};
