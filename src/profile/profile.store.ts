/** A person's rules in the database. Two people may edit them: `version` grows, and a write can demand the one it saw. */
import { Inject, Injectable } from '@nestjs/common';
import type { Method, Profile, StoredProfile } from '@ringbook/contracts';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { Fault } from '../shared/fault.js';
import { recordedPrompts } from '../prompt/recorded.adapter.js';
import { DB, json, type Db } from '../store/schema.js';
import { DEFAULT_METHOD } from './default.js';
import { methodErrors, profileErrors, type Surroundings } from './check.js';

@Injectable()
export class ProfileStore {
  constructor(@Inject(DB) private readonly db: Db, @Inject(CONFIG) private readonly config: Pick<Config, 'region' | 'spoolDir'>) {}

  /** Version 0: nobody wrote any yet. @throws Fault `user.missing` */
  async get(personId: string): Promise<StoredProfile> {
    const row = await this.db.selectFrom('person').leftJoin('profile', 'profile.person_id', 'person.id')
      .select(['rules', 'otherwise', 'version']).where('person.id', '=', personId).executeTakeFirst();
    if (!row) throw new Fault('missing', 'user.missing', 'There is no such user');
    return { rules: row.rules ?? [], otherwise: row.otherwise ?? DEFAULT_METHOD, version: row.version ?? 0 };
  }

  /**
   * @param seen the version the writer knows; undefined: whatever is there
   * @throws Fault `profile.changed` (412), `request.invalid` naming what cannot be, `user.missing`
   */
  async put(personId: string, profile: Profile, seen: number | undefined): Promise<StoredProfile> {
    refuse(profileErrors(profile, await this.around(personId)));
    return this.db.transaction().execute(async (trx) => {
      const person = await trx.selectFrom('person').select('id').where('id', '=', personId).forUpdate().executeTakeFirst();
      if (!person) throw new Fault('missing', 'user.missing', 'There is no such user');
      const version = (await trx.selectFrom('profile').select('version').where('person_id', '=', personId).executeTakeFirst())?.version ?? 0;
      if (seen !== undefined && seen !== version) throw new Fault('conflict', 'profile.changed', 'Somebody else has changed these rules meanwhile: read them again', { headers: { etag: `"${version}"` } });
      const columns = { rules: json(profile.rules), otherwise: json(profile.otherwise), version: version + 1 };
      await trx.insertInto('profile').values({ person_id: personId, ...columns }).onConflict((c) => c.column('person_id').doUpdateSet(columns)).execute();
      return { ...profile, version: version + 1 };
    });
  }

  /** @throws Fault `request.invalid` when a method names what cannot be */
  async check(method: Method, path: string, personId: string): Promise<void> { refuse(methodErrors(method, path, await this.around(personId))); }

  /** Of the person's telephones, in order. */
  async extensions(personId: string): Promise<string[]> {
    return (await this.db.selectFrom('device').select('extension').where('person_id', '=', personId).orderBy('extension').execute()).map((d) => d.extension);
  }

  private async around(personId: string): Promise<Surroundings> {
    const [extensions, people, prompts] = await Promise.all([this.extensions(personId), this.db.selectFrom('person').select('id').execute(), recordedPrompts(this.config.spoolDir)]);
    return { region: this.config.region, extensions: new Set(extensions), people: new Set(people.map((p) => p.id)), prompts: prompts && new Set(prompts) };
  }
}

const refuse = (errors: ReturnType<typeof methodErrors>): void => {
  if (errors.length > 0) throw new Fault('invalid', 'request.invalid', 'Some fields are wrong', { errors });
};
