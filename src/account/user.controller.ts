/** People, their numbers and telephones. Administrators change them; everybody reads their own. */
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { device, idParam, me, newDevice, newNumber, newUser, number, page, pageQuery, patchUser, user, userDeviceParam, userNumberParam } from '@ringbook/contracts';
import type { z } from 'zod';
import { wholePage } from '../http/page.js';
import { Route } from '../http/route.adapter.js';
import { RELAY, type Relay } from '../queue/relay.js';
import { RecordingService } from '../voicemail/recording.service.js';
import { LineStore } from './line.store.js';
import { MeService } from './me.service.js';
import { PersonStore } from './person.store.js';

type Id = z.infer<typeof idParam>;

@Controller('api/v1/users')
export class UserController {
  constructor(private readonly people: PersonStore, private readonly lines: LineStore, private readonly whole: MeService, private readonly recordings: RecordingService, @Inject(RELAY) private readonly relay: Relay) {}

  @Get()
  @Route({ right: 'admin', title: 'All users', answer: page(user) })
  list(@Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>) { return this.people.list(query); }

  @Post()
  @Route({ right: 'admin', title: 'A new user', answer: user, status: 201 })
  create(@Body({ schema: newUser }) body: z.infer<typeof newUser>) { return this.people.create(body); }

  @Get(':id')
  @Route({ right: 'self', title: 'A user with numbers and telephones', answer: me })
  get(@Param({ schema: idParam }) { id }: Id) { return this.whole.of(id); }

  @Patch(':id')
  @Route({ right: 'admin', title: 'Change a user; a new password ends their sessions and tokens', answer: user })
  async patch(@Param({ schema: idParam }) { id }: Id, @Body({ schema: patchUser }) body: z.infer<typeof patchUser>) {
    const changed = await this.people.patch(id, body);
    this.relay.publish('rights', { personId: id });
    return changed;
  }

  @Delete(':id')
  @Route({ right: 'admin', title: 'Remove a user with their numbers, telephones, rules and messages' })
  async remove(@Param({ schema: idParam }) { id }: Id): Promise<void> {
    const recorded = await this.recordings.of(id);
    await this.people.remove(id);
    await this.recordings.remove(recorded);
    this.relay.publish('rights', { personId: id });
  }

  @Get(':id/numbers')
  @Route({ right: 'self', title: 'The numbers callers dial to reach a user', answer: page(number) })
  async numbers(@Param({ schema: idParam }) { id }: Id) { await this.people.need(id); return wholePage(await this.lines.numbers(id)); }

  @Post(':id/numbers')
  @Route({ right: 'admin', title: 'Give a user a number', answer: number, status: 201 })
  async addNumber(@Param({ schema: idParam }) { id }: Id, @Body({ schema: newNumber }) body: z.infer<typeof newNumber>) {
    await this.people.need(id);
    return this.lines.addNumber(id, body.number);
  }

  @Delete(':id/numbers/:numberId')
  @Route({ right: 'admin', title: 'Take a number from a user' })
  removeNumber(@Param({ schema: userNumberParam }) { id, numberId }: z.infer<typeof userNumberParam>) { return this.lines.removeNumber(id, numberId); }

  @Get(':id/devices')
  @Route({ right: 'self', title: 'The telephones of a user', answer: page(device) })
  async devices(@Param({ schema: idParam }) { id }: Id) { await this.people.need(id); return wholePage(await this.lines.devices(id)); }

  @Post(':id/devices')
  @Route({ right: 'admin', title: 'Give a user a telephone', answer: device, status: 201 })
  async addDevice(@Param({ schema: idParam }) { id }: Id, @Body({ schema: newDevice }) body: z.infer<typeof newDevice>) {
    await this.people.need(id);
    const added = await this.lines.addDevice(id, body);
    this.relay.publish('presence', { personId: id });
    return added;
  }

  @Delete(':id/devices/:deviceId')
  @Route({ right: 'admin', title: 'Take a telephone from a user' })
  async removeDevice(@Param({ schema: userDeviceParam }) { id, deviceId }: z.infer<typeof userDeviceParam>): Promise<void> {
    await this.lines.removeDevice(id, deviceId);
    this.relay.publish('presence', { personId: id });
  }
}
