/** Your own events and what they mean for your status; your rules for that. */
import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { agendaItem, agendaQuery, calendarRules, idParam, page } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { AgendaService } from './agenda.service.js';
import { CalendarStore } from './calendar.store.js';

type Id = z.infer<typeof idParam>;
const DAY = 24 * 3600_000;

@Controller('api/v1')
export class AgendaController {
  constructor(@Inject(AgendaService) private readonly agenda: AgendaService, @Inject(CalendarStore) private readonly calendars: CalendarStore) {}

  /** From now on for a week, when nothing else is asked for. */
  @Get('agenda')
  @Route({ right: 'own', title: 'Your events from yesterday to 30 days ahead, and what each means for your status', answer: page(agendaItem) })
  async list(@Asker() who: Who, @Query({ schema: agendaQuery }) query: z.infer<typeof agendaQuery>) {
    const from = query.from ?? new Date().toISOString();
    const to = query.to ?? new Date(Date.parse(from) + 7 * DAY).toISOString();
    if (Date.parse(to) < Date.parse(from)) throw new Fault('invalid', 'request.invalid', 'That ends before it begins', { errors: [{ path: 'to', message: 'must not be before "from"' }] });
    return wholePage(await this.agenda.items(who.id, from, to));
  }

  @Get('users/:id/calendar-rules')
  @Route({ right: 'own', title: 'What makes which status of events: your own rules', answer: calendarRules })
  rules(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) { mine(id, who); return this.calendars.rules(id); }

  @Put('users/:id/calendar-rules')
  @Route({ right: 'own', title: 'Replace your rules from events to status', answer: calendarRules })
  async setRules(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: calendarRules }) body: z.infer<typeof calendarRules>) {
    mine(id, who);
    const [calendars, kept] = await Promise.all([this.calendars.list(who.id), this.calendars.rules(id)]);
    // a rule for a calendar that was removed since fits nothing, and keeps nobody from changing the others
    const own = new Set([...calendars.map((calendar) => calendar.id), ...kept.rules.flatMap(({ when }) => when.calendar ?? [])]);
    const errors = body.rules.flatMap(({ when }, i) => (when.calendar === undefined || own.has(when.calendar) ? [] : [{ path: `rules.${i}.when.calendar`, message: 'is none of your calendars' }]));
    if (errors.length > 0) throw new Fault('invalid', 'request.invalid', 'Some fields are wrong', { errors });
    await this.calendars.setRules(id, body);
    return this.calendars.rules(id);
  }
}

/** Rules name calendars and words of titles: they are for their owner alone. */
const mine = (id: string, who: Who): void => {
  if (id !== who.id) throw new Fault('forbidden', 'right.missing', 'These rules are for their owner alone');
};
