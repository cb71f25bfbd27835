/**
 * AMI_URL: where the telephone systems are. Several addresses are separated by spaces:
 *
 *     ami://user:secret@host:5038        plain TCP; port 5038 unless it says otherwise
 *     amis://user:secret@host:5039       TLS, the certificate is checked; port 5039 unless it says otherwise
 *       ?ca=/path/file                   check it against the certificates in this PEM file instead of the system's
 *       ?insecure=1                      do not check it: whoever sits on the way can read the secret and the calls
 *       ?name=berlin                     the short name in call ids, instead of one derived from host and port
 *
 * Characters such as @ / # ? % in the user or secret are percent-encoded. No problem that is reported quotes the address.
 */
import { secret, type Secret } from '../../config/secret.js';
import { hasLineBreak } from './message.js';

export interface AmiTarget {
  /** Short, stable, unique within an installation: [a-z0-9]{1,20}. Call ids are `<id>-<linkedid>`. */
  id: string;
  host: string; port: number; tls: boolean;
  user: string; secret: Secret;
  /** PEM file of the certificate authorities that count instead of the system's. */
  ca?: string;
  insecure: boolean;
}

/** Every address of `value`, or what is wrong with it. The problems name an address by its place, never by its text. */
export const parseAmiUrls = (value: string): { targets: AmiTarget[]; problems: string[] } => {
  const targets: AmiTarget[] = [];
  const problems: string[] = [];
  const words = value.split(/\s+/).filter(Boolean);
  for (const [index, word] of words.entries()) {
    const parsed = parseAmiUrl(word);
    const which = words.length > 1 ? `address ${index + 1} ` : '';
    if (typeof parsed === 'string') problems.push(which + parsed);
    else if (targets.some((other) => other.id === parsed.id)) problems.push(`${which}is the same telephone system as one before it, or has its name`);
    else targets.push(parsed);
  }
  return { targets, problems };
};

const SHAPE = 'must be ami://user:secret@host:5038 or amis://user:secret@host:5039, with @ / # ? % in the user or secret percent-encoded';

const parseAmiUrl = (word: string): AmiTarget | string => {
  const url = URL.canParse(word) ? new URL(word) : undefined;
  if (!url || !/^amis?:$/.test(url.protocol) || !url.hostname) return SHAPE;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (!user || !password || !/^\/?$/.test(url.pathname) || url.hash) return SHAPE;
  if (hasLineBreak(user + password)) return 'must not have a line break in the user or secret';
  const tls = url.protocol === 'amis:';
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port ? Number(url.port) : tls ? 5039 : 5038;
  const options = optionsOf(url.searchParams, tls);
  if (typeof options === 'string') return options;
  const { name = shortId(`${host}:${port}`), ...rest } = options;
  return { id: name, host, port, tls, user, secret: secret(password), ...rest };
};

const optionsOf = (given: URLSearchParams, tls: boolean): { name?: string; ca?: string; insecure: boolean } | string => {
  for (const key of given.keys()) if (!['name', 'ca', 'insecure'].includes(key)) return 'has an option other than name, ca and insecure behind the ?';
  const [name, ca, insecure] = [given.get('name'), given.get('ca'), given.get('insecure')];
  if (name !== null && !/^[a-z0-9]{1,20}$/.test(name)) return 'must have 1 to 20 small letters and digits as its name';
  if (!tls && (ca !== null || insecure !== null)) return 'has ca or insecure, which go with amis:// only';
  if (ca !== null && !ca.startsWith('/')) return 'must give ca as an absolute path';
  if (insecure !== null && insecure !== '1') return 'must say insecure=1 or nothing';
  if (ca !== null && insecure !== null) return 'has both ca and insecure';
  return { ...(name === null ? {} : { name }), ...(ca === null ? {} : { ca }), insecure: insecure !== null };
};

const decoded = (part: string): string => {
  try { return decodeURIComponent(part); } catch { return ''; }
};

/** FNV-1a, 32 bits, in base 36 behind a letter: `p` and up to 7 characters, the same as long as host and port are. */
const shortId = (address: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193);
  return `p${(hash >>> 0).toString(36)}`;
};
