import { ActionIcon, Button, Switch, TagsInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { OneNumberStep } from '@ringbook/contracts/method';
import { useContext } from 'react';
import { w } from '../../words/index.js';
import { useWrong } from './errors.js';
import { Devices, Seconds, type FieldsProps } from './method-fields.js';
import css from './rules.module.css';
import { Chips } from './when-editor.js';

const t = w.rules.method;
const isDevice = (to: string) => to.startsWith('device:');

const StepFields = ({ step, path, onChange }: { step: OneNumberStep; path: string; onChange: (step: OneNumberStep) => void }) => {
  const devices = useContext(Devices);
  const wrong = useWrong(`${path}.to`);
  const chosen = step.to.filter(isDevice);
  const numbers = step.to.filter((to) => !isDevice(to));
  const options = [...devices.map((d): [string, string] => [`device:${d.extension}`, `${d.name} (${d.extension})`]), ...chosen.filter((to) => !devices.some((d) => to === `device:${d.extension}`)).map((to): [string, string] => [to, to.slice(7)])];
  return (
    <>
      {options.length > 0 && <Chips label={t.devices} options={options} value={chosen} onChange={(next) => onChange({ ...step, to: [...next, ...numbers] })} />}
      <div className={css.row}>
        <TagsInput label={t.numbers} description={t.numbersHelp} acceptValueOnBlur value={numbers} maxTags={10} error={wrong} onChange={(next) => onChange({ ...step, to: [...chosen, ...next] })} />
        <Seconds value={step.seconds} path={path} onChange={(seconds) => onChange({ ...step, seconds })} />
      </div>
      <Switch label={t.confirm} description={t.confirmHelp} checked={step.confirm ?? false} onChange={(e) => { const { confirm: _, ...rest } = step; onChange(e.currentTarget.checked ? { ...rest, confirm: true } : rest); }} />
    </>
  );
};

/** Telephones and numbers, tried one step after the other. */
export const OneNumberFields = ({ method, path, onChange }: FieldsProps<'oneNumber'>) => {
  const { steps } = method;
  const put = (next: OneNumberStep[]) => onChange({ ...method, steps: next });
  const swap = (a: number, b: number) => put(steps.with(a, steps[b]!).with(b, steps[a]!));
  return (
    <>
      <ol className={css.steps}>
        {steps.map((step, i) => (
          <li key={i} aria-label={t.step(i + 1)}>
            <div className={css.stephead}>
              <strong>{t.step(i + 1)}</strong>
              <ActionIcon size="md" disabled={i === 0} aria-label={t.stepUp(i + 1)} onClick={() => swap(i, i - 1)}><IconArrowUp size={16} /></ActionIcon>
              <ActionIcon size="md" disabled={i === steps.length - 1} aria-label={t.stepDown(i + 1)} onClick={() => swap(i, i + 1)}><IconArrowDown size={16} /></ActionIcon>
              <ActionIcon size="md" disabled={steps.length === 1} aria-label={t.removeStep(i + 1)} onClick={() => put(steps.toSpliced(i, 1))}><IconTrash size={16} /></ActionIcon>
            </div>
            <StepFields step={step} path={`${path}.steps.${i}`} onChange={(next) => put(steps.with(i, next))} />
          </li>
        ))}
      </ol>
      {steps.length < 10 && <div><Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => put([...steps, { to: [], seconds: 20 }])}>{t.addStep}</Button></div>}
    </>
  );
};
