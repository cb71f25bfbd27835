/** The server behind the address that somebody entered: the one that is named there, or those that the DNS of the domain names. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hosts } from '../../shared/network.js';
import { serverOf } from '../../sync/connection.js';
import type { SourceSettings } from '../../sync/port.js';
import type { Most } from './allowance.adapter.js';
import { addressIn, type DavAddress, userOf } from './address.js';
import { discover, type Found, isElsewhere } from './discover.adapter.js';
import { type DavHttp, openDav } from './http.adapter.js';
import type { DavKind } from './kind.js';
import { type Candidate, type Names, placesOf, systemNames } from './names.adapter.js';

/** What a collection is opened with. `timeout` in milliseconds for one answer; `names`: who is asked about names (RFC 6764). */
export type DavSettings = Pick<SourceSettings, 'url' | 'username' | 'password' | 'location' | 'trusted' | 'auth'> & { timeout?: number; names?: Names; /** Of one listing. */ most?: Most };

export interface FoundAt extends Found { http: DavHttp; place: Candidate }

export class DavAccount {
  readonly address: DavAddress;
  /** The server, where the address says by itself which one it is. */
  readonly straight: DavHttp | undefined;
  /** Where `find` came to grief. */
  tried: Pick<FoundAt, 'http' | 'place'> | undefined;

  /** @throws Fault `.url` */
  constructor(private readonly settings: DavSettings, private readonly kind: DavKind, private readonly hosts?: Hosts) {
    const address = addressIn(settings.url);
    if (!address) throw kind.faults.badUrl();
    this.address = address;
    this.straight = address.kind === 'url' ? this.#open(address.base) : undefined;
  }

  /** Who signs in. */
  get username(): string { return userOf(this.address, this.settings.username); }

  places(): Promise<Candidate[]> { return placesOf(this.address, this.kind, this.settings.names ?? systemNames); }

  /** Whether it is allowed to go there, as far as names can be looked up in three seconds; each connection is checked again. @throws Fault `.address-refused` */
  async check(): Promise<void> {
    if (this.straight) { await this.straight.check(); return; }
    const places = await Promise.race([this.places(), sleep(3000, [], { ref: false })]);
    for (const { base } of places) await this.#open(base).check();
  }

  /** The server where the collection was found earlier. @throws Fault `.redirected` */
  async known(): Promise<DavHttp> { return this.#open((await this.#trusted())[0]!.base); }

  /**
   * Where the password may go: once a server was found, to that one only. DNS is anybody's who can forge its answers, and domains
   * change hands. Where it names nothing, or cannot be asked, that server it is.
   * @throws Fault `.redirected` when DNS names only others now
   */
  async #trusted(): Promise<Candidate[]> {
    const places = await this.places();
    const known = originOf(this.settings.location);
    if (this.straight || known === undefined) return places;
    const same = places.filter(({ base }) => base.origin === known);
    if (same.length > 0) return same;
    const other = places.find(({ named }) => named !== undefined);
    if (other) throw this.kind.faults.renamed(this.address.kind === 'domain' ? this.address.domain : '', new URL(known).host, other.base.origin);
    return [{ base: new URL('/', known), named: undefined }];
  }

  /**
   * Looks at one place after the other, until there is what is looked for; of a collection that was found before, at its server only.
   * @throws Fault of the place that should have been right: the first that DNS names, or else the first; `tried` says which
   */
  async find(): Promise<FoundAt> {
    let thrown: unknown;
    for (const place of await this.#trusted()) {
      const http = this.straight ?? this.#open(place.base);
      const worse = this.tried === undefined || this.tried.place.named === undefined && place.named !== undefined;
      if (worse) this.tried = { place, http };
      try { return { ...await discover(http, this.kind, this.address), http, place }; } catch (caught) {
        if (worse || !isElsewhere(caught)) [thrown, this.tried] = [caught, { place, http }];
        if (!isElsewhere(caught)) break;
      }
    }
    throw thrown ?? this.kind.faults.none(this.settings.url);
  }

  #open(base: URL): DavHttp {
    const { password, auth, timeout, trusted, names } = this.settings;
    return openDav({ base, username: this.username, password, auth, timeout, named: this.straight === undefined && this.address.kind === 'domain', allowed: { trusted: trusted === true, hosts: this.hosts, lookup: names?.lookup }, faults: this.kind.faults });
  }
}

/** Of a location that names a server; undefined for a mere path. */
const originOf = (location: string | null): string | undefined => { const server = serverOf(location); return server !== null && URL.canParse(server) ? new URL(server).origin : undefined; };
