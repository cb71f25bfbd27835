/** cases/*.ics, each with what it must come to in three time zones: cases/expected.txt. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expand } from './expand.js';
import { wallOf, namedZone } from './zone.js';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Pacific/Auckland'];
const dir = new URL('cases/', import.meta.url);
const ANNA = new Set(['anna@example.org']);
const date = (text: string) => Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6)));

/** 2026-11-24 09:00 +01:00  60 min  busy  Title */
const shown = (text: string, zoneName: string): string[] => {
  const [from, to] = /X-CASE-RANGE:(\d+)\/(\d+)/.exec(text)!.slice(1).map((part) => date(part!)) as [number, number];
  const zone = namedZone(zoneName)!;
  const { windows, problems } = expand(text, { zone: zoneName, addresses: ANNA }, { from, to });
  const offset = (ms: number) => `${ms < 0 ? '-' : '+'}${new Date(Math.abs(ms)).toISOString().slice(11, 16)}`;
  return [...windows.map((w) => [`${new Date(wallOf(zone, w.start)).toISOString().slice(0, 16).replace('T', ' ')} ${offset(zone.offset(w.start))}`, `${Math.round((w.end - w.start) / 600) / 100} min`.padStart(9),
    w.busy.padEnd(9), `${w.allDay ? '[day] ' : ''}${w.title}${w.categories.length > 0 ? ` {${w.categories.join('; ')}}` : ''}${w.attendees.length > 0 ? ` with ${w.attendees.join(', ')}` : ''}`].join('  ')), ...problems.map((problem) => `problem: ${problem}`)];
};

const names = readdirSync(dir).filter((name) => name.endsWith('.ics')).map((name) => name.slice(0, -4)).sort();
const all = names.flatMap((name) => {
  const text = readFileSync(new URL(`${name}.ics`, dir), 'utf8');
  return ZONES.map((zone) => ({ name, zone, lines: shown(text, zone) }));
});
const expected = new Map(readFileSync(new URL('expected.txt', dir), 'utf8').split(/^== /m).slice(1).map((block) => {
  const [head = '', ...lines] = block.trimEnd().split('\n');
  return [head, lines] as const;
}));

it('the table is about the cases that there are', () => { expect([...expected.keys()]).toEqual(all.map(({ name, zone }) => `${name} in ${zone}`)); });
it.each(all)('$name in $zone', ({ name, zone, lines }) => { expect(lines).toEqual(expected.get(`${name} in ${zone}`)); });

/** For whoever adds a case: CASES_OUT=file writes the table as it now is, to be read line by line before it is believed. */
if (process.env['CASES_OUT']) writeFileSync(process.env['CASES_OUT'], all.map(({ name, zone, lines }) => [`== ${name} in ${zone}`, ...lines, ''].join('\n')).join('\n'));
