/** Which adapter speaks to which kind of address book. */
import { openCardDav } from '../adapter/dav/carddav.adapter.js';
import { openFolder } from '../adapter/folder/folder.adapter.js';
import { openImport } from '../adapter/import/import.adapter.js';
import { openLdap } from '../adapter/ldap/ldap.adapter.js';
import type { Config } from '../config/config.js';
import type { Db } from '../store/schema.js';
import type { OpenSource } from '../sync/port.js';

export const openSource = ({ bookHosts }: Pick<Config, 'bookHosts'>, db: Db): OpenSource => (settings) => {
  switch (settings.kind) {
    case 'practice': return openFolder(settings.url);
    case 'import': return openImport(db, settings);
    case 'ldap': return openLdap(settings, bookHosts);
    default: return openCardDav(settings, bookHosts);
  }
};
