/** Facts of a decision as others than its owner may read them: that there is an event, not which. */
import type { Because } from '@ringbook/contracts';

const HIDDEN: Record<string, string> = {
  event: 'It follows from an event in their calendar', calendar: 'A calendar of theirs could not be read for an hour or longer', attending: 'The caller takes part in an event of theirs',
};

export const withoutTitles = (because: readonly Because[]): Because[] => because.map((fact) => {
  const text = HIDDEN[fact.fact.replace(/^status\./, '')];
  return text === undefined ? fact : { ...fact, text, source: 'calendar' };
});
