/** Facts of a decision as others than its owner may read them: that there is an event, not which, nor in which calendar. */
import type { Because } from '@ringbook/contracts';

const HIDDEN: Record<string, string> = {
  event: 'It follows from an event in their calendar', calendar: 'A calendar of theirs could not be read for an hour or longer', attending: 'The caller takes part in an event of theirs',
};
const hidden = ({ fact }: Because): string | undefined => HIDDEN[fact.replace(/^status\./, '')];

export const withoutTitles = (because: readonly Because[]): Because[] => {
  const calendars = new Set(because.filter(hidden).map(({ source }) => source));
  return because.map((fact) => {
    const text = hidden(fact);
    return text === undefined && !(fact.fact === 'status' && calendars.has(fact.source)) ? fact : { ...fact, text: text ?? fact.text, source: 'calendar' };
  });
};
