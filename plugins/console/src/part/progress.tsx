/** How far something long has come: a bar, and the same in words. */
import { Progress } from '@mantine/core';
import { showCount } from '../lib/when.js';
import css from './part.module.css';

interface BarProps { label: string; done: number; total: number; words: (done: string, total: string) => string }
/** A total of 0 means that nobody knows yet: the bar then moves without saying how far it is. */
export const ProgressBar = ({ label, done, total, words }: BarProps) => {
  const unknown = total <= 0;
  return (
    <div className={css.progress}>
      <Progress.Root size="md">
        <Progress.Section value={unknown ? 100 : Math.min(100, (done / total) * 100)} striped={unknown} animated={unknown} color="teal"
          // Mantine's own words would be a bare percentage.
          withAria={false} role="progressbar" aria-valuemin={0} aria-valuemax={unknown ? undefined : total} aria-valuenow={unknown ? undefined : done} aria-label={label} aria-valuetext={unknown ? undefined : words(showCount(done), showCount(total))} />
      </Progress.Root>
      <span className={css.said} aria-hidden>{unknown ? label : words(showCount(done), showCount(total))}</span>
    </div>
  );
};
