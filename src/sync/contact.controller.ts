/** Contacts of your own and the shared address books; a handling code set here is written back to the source. */
import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { bulkAnswer, bulkCodes, contact, contactQuery, idParam, page, patchContact } from '@ringbook/contracts';
import type { z } from 'zod';
import { ContactStore } from '../contact/contact.store.js';
import { Asker, Route } from '../http/route.adapter.js';
import type { Who } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { SyncService } from './sync.service.js';

type Id = z.infer<typeof idParam>;

@Controller('api/v1/contacts')
export class ContactController {
  constructor(@Inject(ContactStore) private readonly contacts: ContactStore, @Inject(SyncService) private readonly syncs: SyncService) {}

  @Get()
  @Route({ right: 'own', title: 'Contacts by name', answer: page(contact) })
  list(@Asker() who: Who, @Query({ schema: contactQuery }) query: z.infer<typeof contactQuery>) { return this.contacts.search({ ...query, personId: who.id }); }

  @Post('codes')
  @Route({ right: 'own', title: 'One handling code for many contacts, by name or by search; written to their sources one after the other', answer: bulkAnswer, status: 202 })
  setMany(@Asker() who: Who, @Body({ schema: bulkCodes }) { handlingCode, contacts, search = {} }: z.infer<typeof bulkCodes>) {
    return this.syncs.codes.setMany(contacts ? { contacts } : { search }, handlingCode, who.id);
  }

  @Get(':id')
  @Route({ right: 'own', title: 'A contact', answer: contact })
  async get(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id) {
    const found = await this.contacts.get(id, who.id);
    if (!found) throw new Fault('missing', 'contact.missing', 'There is no such contact');
    return found;
  }

  @Patch(':id')
  @Route({ right: 'own', title: 'Set or clear the handling code; written to the card at its source, that field alone. Where the source is away it waits, and counts already', answer: contact })
  patch(@Asker() who: Who, @Param({ schema: idParam }) { id }: Id, @Body({ schema: patchContact }) { handlingCode }: z.infer<typeof patchContact>) {
    return this.syncs.setCode(id, handlingCode, who.id);
  }
}
