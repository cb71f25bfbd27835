/** Your own calendars. Nobody else knows of them, administrators included. */
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post } from '@nestjs/common';
import { calendar, calendarHealth, idParam, newCalendar, page, patchCalendar, syncBody } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { QUEUES, type Queues } from '../queue/jobs.js';
import { BookStore } from '../sync/book.store.js';
import { AgendaService } from './agenda.service.js';
import { CalendarStore } from './calendar.store.js';

type Id = z.infer<typeof idParam>;

@Controller('api/v1/calendars')
export class CalendarController {
  constructor(@Inject(CalendarStore) private readonly calendars: CalendarStore, @Inject(AgendaService) private readonly agenda: AgendaService, @Inject(BookStore) private readonly books: BookStore, @Inject(QUEUES) private readonly queues: Pick<Queues, 'requestCalendar'>) {}

  @Get()
  @Route({ right: 'own', title: 'Your calendars', answer: page(calendar) })
  async list(@Asker() who: Who) { return wholePage(await this.calendars.list(who.id)); }

  @Post()
  @Route({ right: 'signedIn', title: 'A new calendar; reading it begins at once', answer: calendar, status: 201 })
  async create(@Asker() who: Who, @Body({ schema: newCalendar }) body: z.infer<typeof newCalendar>) {
    const { auth = 'auto', ...wanted } = body;
    await this.agenda.check({ ...wanted, kind: 'carddav', auth, location: null, trusted: await this.books.trusted(who.id, wanted.url) });
    const made = await this.calendars.create({ ...wanted, personId: who.id, options: { auth } });
    await this.queues.requestCalendar(made.id);
    return made;
  }

  @Patch(':id')
  @Route({ right: 'own', title: 'Change a calendar; what is left out stays. Another server or user wants the password again', answer: calendar })
  async patch(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: patchCalendar }) body: z.infer<typeof patchCalendar>) {
    const { name } = await this.calendars.get(id, who.id);
    const { settings, moved } = await this.calendars.change(id, body);
    if (moved) await this.agenda.check({ ...settings, trusted: await this.books.trusted(who.id, settings.url) });
    await this.calendars.keep(id, { name: body.name ?? name, settings, moved });
    await this.queues.requestCalendar(id);
    return this.calendars.get(id, who.id);
  }

  @Delete(':id')
  @Route({ right: 'own', title: 'Forget a calendar here; its server is left as it is' })
  async remove(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id): Promise<void> {
    await this.calendars.get(id, who.id);
    await this.calendars.remove(id, who.id);
  }

  @Post(':id/sync')
  @Route({ right: 'own', title: 'Read a calendar again, now; its health tells how it went', answer: calendarHealth, status: 202 })
  async sync(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: syncBody.prefault({}) }) { acceptEmpty }: z.infer<typeof syncBody>) {
    const { health } = await this.calendars.get(id, who.id);
    await this.calendars.ask(id, { acceptEmpty });
    await this.queues.requestCalendar(id);
    return health;
  }
}
