/** What a contact manager does on a DAV server, for tests: cards and events by name, over HTTP with Basic sign-in. */
export interface DavPlace {
  /** Of the server; of the collections. */
  url: string; bookUrl: string; calendarUrl: string; user: string; password: string;
  put(name: string, card: string): Promise<void>;
  get(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
  list(): Promise<string[]>;
  putEvent(name: string, event: string): Promise<void>;
  removeEvent(name: string): Promise<void>;
}
interface Account { url: string; bookUrl: string; calendarUrl: string; user: string; password: string }

/** Some servers drop sockets that were kept open, just as they are used again. */
const persistent = async <T>(work: () => Promise<T>, again = 3): Promise<T> => { try { return await work(); } catch (thrown) { if (again === 0) throw thrown; return persistent(work, again - 1); } };

export const davPlace = (account: Account): DavPlace => {
  const { bookUrl, calendarUrl, user, password } = account;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const http = async (method: string, url: string, body?: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> => {
    const response = await persistent(() => fetch(url, { method, body, headers: { authorization, ...headers } }));
    const text = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 500)}`);
    return { status: response.status, text };
  };
  const card = (name: string): string => `${bookUrl}${encodeURIComponent(name)}.vcf`;
  const event = (name: string): string => `${calendarUrl}${encodeURIComponent(name)}.ics`;
  return {
    ...account,
    put: async (name, text) => { await http('PUT', card(name), text, { 'content-type': 'text/vcard; charset=utf-8' }); },
    get: async (name) => { const { status, text } = await http('GET', card(name)); return status === 200 ? text : undefined; },
    remove: async (name) => { await http('DELETE', card(name)); },
    putEvent: async (name, text) => { await http('PUT', event(name), text, { 'content-type': 'text/calendar; charset=utf-8' }); },
    removeEvent: async (name) => { await http('DELETE', event(name)); },
    list: async () => {
      const { text } = await http('PROPFIND', bookUrl, '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>', { depth: '1', 'content-type': 'application/xml' });
      return [...text.matchAll(/<(?:\w+:)?href[^>]*>([^<]*)\.vcf<\//g)].map((match) => decodeURIComponent(match[1]!.split('/').at(-1)!.replaceAll('&amp;', '&')));
    },
  };
};
