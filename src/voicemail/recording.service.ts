/** The recordings of a person, for when they go. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { DB, type Db } from '../store/schema.js';
import { removeRecording } from './spool.adapter.js';

@Injectable()
export class RecordingService {
  constructor(@Inject(DB) private readonly db: Db, @Inject(CONFIG) private readonly config: Pick<Config, 'spoolDir'>) {}

  /** Paths below the spool folder. */
  async of(personId: string): Promise<string[]> {
    return (await this.db.selectFrom('voicemail').select('file').where('person_id', '=', personId).execute()).map((row) => row.file);
  }
  async remove(files: readonly string[]): Promise<void> { for (const file of files) await removeRecording(this.config.spoolDir, file); }
}
