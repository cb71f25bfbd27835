/** What live clients are told about: read from the database whenever something has changed. */
import { Inject, Injectable } from '@nestjs/common';
import type { Pop, Voicemail } from '@ringbook/contracts';
import { PopStore } from '../pop/pop.store.js';
import { PresenceService, type Seen } from '../presence/presence.service.js';
import { DB, type Db } from '../store/schema.js';
import { VoicemailStore } from '../voicemail/voicemail.store.js';

@Injectable()
export class WatchService {
  private reading: Promise<void> | undefined;
  private next: Promise<Seen[]> | undefined;

  constructor(private readonly pops: PopStore, private readonly presences: PresenceService, private readonly messages: VoicemailStore, @Inject(DB) private readonly db: Db) {}

  live(personId: string): Promise<Pop[]> { return this.pops.live(personId); }
  pop(callId: string): Promise<Pop | undefined> { return this.pops.of(callId); }
  presence(personIds?: string[]): Promise<Seen[]> { return personIds ? this.presences.all(new Date().toISOString(), personIds) : this.everybody(); }

  /** When a thousand sockets come back at once, they share what is read; but nobody is given what was read before they asked. */
  private everybody(): Promise<Seen[]> {
    this.next ??= (this.reading ?? Promise.resolve()).then(() => {
      this.next = undefined;
      const read = this.presences.all(new Date().toISOString());
      this.reading = read.then(() => {}, () => {});
      return read;
    });
    return this.next;
  }
  voicemail(id: string, personId: string): Promise<Voicemail | undefined> { return this.messages.get(id, personId); }

  /** Whose book or calendar it is: an id, null when it is everybody's, undefined when it is gone. */
  async bookOwner(bookId: string): Promise<string | null | undefined> {
    return (await this.db.selectFrom('address_book').select('person_id').where('id', '=', bookId)
      .unionAll(this.db.selectFrom('calendar').select('person_id').where('id', '=', bookId)).executeTakeFirst())?.person_id;
  }
}
