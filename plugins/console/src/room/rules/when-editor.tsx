import { ActionIcon, Button, Chip, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { CallerKind, Hours, Status, When } from '@ringbook/contracts/profile';
import { asKnown, useCodes } from '../../lib/codes.js';
import { dayName } from '../../lib/when.js';
import { CodeBadge } from '../../part/name.js';
import { w } from '../../words/index.js';
import { useWrong } from './errors.js';
import css from './rules.module.css';

const t = w.rules.when;
const STATUSES: Status[] = ['available', 'onCall', 'meeting', 'away', 'outOfOffice', 'dnd'];
const DAYS = [1, 2, 3, 4, 5, 6, 7];
type Window = Hours['windows'][number];

interface ChipsProps<T extends string> { label: string; help?: string; options: [T, string][]; value: T[]; onChange: (value: T[]) => void; error?: string }
export const Chips = <T extends string>({ label, help, options, value, onChange, error }: ChipsProps<T>) => (
  <fieldset className={css.field}>
    <legend>{label}{help && <span className="dim small"> · {help}</span>}</legend>
    <Chip.Group multiple value={value} onChange={(next) => onChange(next as T[])}>
      <div className={css.chips}>{options.map(([key, text]) => <Chip key={key} value={key} size="sm">{text}</Chip>)}</div>
    </Chip.Group>
    {error && <p className={css.wrong} role="alert">{error}</p>}
  </fieldset>
);

const HoursRow = ({ window, n, path, onChange, onRemove }: { window: Window; n: number; path: string; onChange: (window: Window) => void; onRemove?: () => void }) => (
  <div className={css.window} role="group" aria-label={t.window(n)}>
    <Chips label={t.days} options={DAYS.map((d) => [String(d), dayName(d)])} value={window.days.map(String)} error={useWrong(`${path}.days`)} onChange={(days) => onChange({ ...window, days: days.map(Number).sort((a, b) => a - b) })} />
    <div className={css.row}>
      <TextInput type="time" label={t.from} value={window.from} error={useWrong(`${path}.from`)} onChange={(e) => onChange({ ...window, from: e.currentTarget.value })} />
      {/* 24:00 is no time of day for a browser: midnight at the end of the day. */}
      <TextInput type="time" label={t.to} value={window.to === '24:00' ? '00:00' : window.to} error={useWrong(`${path}.to`)} onChange={(e) => onChange({ ...window, to: e.currentTarget.value === '00:00' ? '24:00' : e.currentTarget.value })} />
      {onRemove && <ActionIcon aria-label={`${t.removeWindow} ${n}`} onClick={onRemove}><IconTrash size={17} /></ActionIcon>}
    </div>
    {window.to <= window.from && <span className="dim small">{t.overnight}</span>}
  </div>
);

type Known = keyof typeof t.attendings;
const CalendarFields = ({ when, path, set }: { when: When; path: string; set: (patch: Partial<When>) => void }) => (
  <div className={css.two}>
    <Select label={t.attending} value={when.attending ?? 'any'} data={Object.entries(t.attendings).map(([value, label]) => ({ value, label }))} error={useWrong(`${path}.attending`)} onChange={(value) => set({ attending: value === 'any' ? undefined : value as Exclude<Known, 'any'> })} />
    <Select label={t.calendar} value={when.calendar ?? 'any'} data={Object.entries(t.calendars).map(([value, label]) => ({ value, label }))} error={useWrong(`${path}.calendar`)} onChange={(value) => set({ calendar: value === 'any' ? undefined : value as When['calendar'] })} />
  </div>
);

const workHours = (): Hours => ({ windows: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }] });
const HoursEditor = ({ hours, zone, path, onChange }: { hours?: Hours; zone?: string; path: string; onChange: (hours?: Hours) => void }) => {
  const put = (windows: Window[]) => onChange({ ...hours, windows });
  return (
    <div className={css.field}>
      <Switch label={t.hours} checked={hours !== undefined} onChange={(e) => onChange(e.currentTarget.checked ? workHours() : undefined)} />
      {hours && (
        <div className={css.nested}>
          {hours.windows.map((window, i) => (
            <HoursRow key={i} n={i + 1} path={`${path}.windows.${i}`} window={window} onChange={(next) => put(hours.windows.with(i, next))} onRemove={hours.windows.length > 1 ? () => put(hours.windows.toSpliced(i, 1)) : undefined} />
          ))}
          <div><Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => put([...hours.windows, { days: [6, 7], from: '10:00', to: '14:00' }])}>{t.addWindow}</Button></div>
          <Select label={t.zone} searchable maw={320} limit={60} clearable placeholder={zone ? t.zoneOwn(zone) : t.zoneHome} data={Intl.supportedValuesOf('timeZone')} value={hours.zone ?? null} error={useWrong(`${path}.zone`)}
            onChange={(next) => { const { zone: _, ...rest } = hours; onChange(next ? { ...rest, zone: next } : rest); }} />
        </div>
      )}
    </div>
  );
};

/** One's own codes are offered; a code in other letters is taken for the one that is known. */
const CodesField = ({ codes, path, set }: { codes: string[]; path: string; set: (patch: Partial<When>) => void }) => {
  const known = useCodes();
  const put = (next: string[]) => { const all = [...new Set(next.map((code) => asKnown(code, known)))]; set({ codes: all.length ? all : undefined }); };
  return (
    <TagsInput label={t.codes} description={t.codesHelp} value={codes} data={known.map(({ code }) => code)} maxTags={50} acceptValueOnBlur splitChars={[',', ' ', ';']} error={useWrong(`${path}.codes`)} onChange={put}
      renderOption={({ option }) => <CodeBadge code={option.value} />} />
  );
};

export const WhenEditor = ({ when, path, zone, onChange }: { when: When; path: string; zone?: string; onChange: (when: When) => void }) => {
  const set = (patch: Partial<When>) => onChange(Object.fromEntries(Object.entries({ ...when, ...patch }).filter(([, value]) => value !== undefined)) as When);
  return (
    <fieldset className={css.group}>
      <legend>{t.title}</legend>
      <div className={css.two}>
        <CodesField codes={when.codes ?? []} path={path} set={set} />
        <Select label={t.minTier} value={when.minTier ?? 'default'} data={Object.entries(t.minTiers).map(([value, label]) => ({ value, label }))} error={useWrong(`${path}.minTier`)} onChange={(value) => set({ minTier: value === 'default' ? undefined : value as When['minTier'] })} />
        <Select label={t.caller} value={when.caller ?? 'any'} data={Object.entries(t.callers).map(([value, label]) => ({ value, label }))} error={useWrong(`${path}.caller`)} onChange={(value) => set({ caller: value === 'any' ? undefined : value as CallerKind })} />
      </div>
      <Chips label={t.status} help={t.statusHelp} options={STATUSES.map((s) => [s, w.status[s]])} value={when.status ?? []} error={useWrong(`${path}.status`)} onChange={(status) => set({ status: status.length ? STATUSES.filter((s) => status.includes(s)) : undefined })} />
      <CalendarFields when={when} path={path} set={set} />
      <HoursEditor hours={when.hours} zone={zone} path={`${path}.hours`} onChange={(hours) => set({ hours })} />
    </fieldset>
  );
};
