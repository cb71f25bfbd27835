/**
 * Every option of Ringbook, with a sentence on each: `.env.example` and docs/configuration.md are generated from here.
 * Options are read once, by env.adapter.ts; nothing else looks at the environment.
 */
import { z } from 'zod';
import { parseAmiUrls, type AmiTarget } from '../adapter/asterisk/url.js';
import { Fault, type FieldError } from '../shared/fault.js';
import { parseHosts, type Hosts } from '../shared/network.js';
import { secret, type Secret } from './secret.js';

export const ROLES = ['api', 'gateway', 'worker'] as const;
export type Role = (typeof ROLES)[number];
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const url = (...schemes: string[]) => z.string().refine((text) => {
  try { return schemes.includes(new URL(text).protocol.slice(0, -1)); } catch { return false; }
}, `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);

const hidden = <T extends z.ZodType<string>>(schema: T) => schema.transform(secret);

const role = z.enum(ROLES, { error: `must be a list of ${ROLES.join(', ')}` });
const roles = z.string().default(ROLES.join(','))
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))])
  .pipe(z.array(role).min(1, `must name at least one of ${ROLES.join(', ')}`));

const amiAddresses = z.string().default('').transform((text, ctx): AmiTarget[] => {
  const { targets, problems } = parseAmiUrls(text);
  for (const message of problems) ctx.addIssue({ code: 'custom', message });
  return targets;
});

const bookHosts = z.string().transform((text, ctx): Hosts => {
  const { hosts, problems } = parseHosts(text);
  for (const message of problems) ctx.addIssue({ code: 'custom', message });
  return hosts;
});

/** The environment, by name. `unset` says what an empty option means; `example` is what .env.example shows. */
export const environment = z.object({
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0, 'must be 0 to 65535').max(65_535, 'must be 0 to 65535').default(8080)
    .meta({ description: 'TCP port of the web server: console, API and live socket.', example: '8080' }),
  HOST: z.string().default('127.0.0.1')
    .meta({ description: 'Address the web server listens on; 0.0.0.0 makes it reachable from other machines, which should go with a TLS proxy in front.', example: '127.0.0.1' }),
  PUBLIC_URL: url('http', 'https').transform((text) => text.replace(/\/+$/, '')).optional()
    .meta({ description: 'Address under which people reach the bridge; used in links, and as the origin that the live socket and cookies accept.', example: 'https://ringbook.example.org', unset: 'http://HOST:PORT' }),
  DATA_DIR: z.string().default('./data')
    .meta({ description: 'Folder for everything the bridge keeps itself: its own PostgreSQL, the practice phone system, recordings, the generated secret key. One running bridge a folder.', example: './data' }),
  DATABASE_URL: hidden(url('postgres', 'postgresql')).optional()
    .meta({ description: 'PostgreSQL 14 or newer, for several machines or a database that is looked after elsewhere.', example: 'postgresql://ringbook:secret@db.example.org/ringbook', unset: 'an own PostgreSQL is run under DATA_DIR' }),
  REDIS_URL: hidden(url('redis', 'rediss')).optional()
    .meta({ description: 'Redis 6.2 or newer for the queue and the messages between processes; worth it above 100 to 200 call events a second.', example: 'redis://redis.example.org:6379', unset: 'queue and messages use PostgreSQL' }),
  AMI_URL: amiAddresses
    .meta({ description: 'The Asterisk manager interface to connect to, as ami://user:secret@host:5038 or amis:// with TLS (?ca=/file.pem checks against that certificate); several telephone systems are separated by spaces, ?name=berlin gives one a short name.', example: 'ami://ringbook:secret@pbx.example.org:5038', unset: 'a practice phone system is run on this machine', secret: true }),
  SMTP_URL: hidden(url('smtp', 'smtps')).optional()
    .meta({ description: 'Not used yet: mail server for voicemail and notices to come, as smtp://user:secret@host:587 or smtps://host:465.', example: 'smtps://ringbook:secret@mail.example.org:465', unset: 'no mail is sent' }),
  MAIL_FROM: z.string().regex(/^[^\r\n]+@[^\r\n]+$/, 'must be a mail address').optional()
    .meta({ description: 'Not used yet: sender of those mails.', example: 'Ringbook <ringbook@example.org>', unset: 'ringbook@ the host of PUBLIC_URL' }),
  ROLES: roles
    .meta({ description: 'What this process does, separated by commas: api (web server), gateway (holds the connection to the telephone system), worker (decides calls, synchronises address books).', example: 'api,gateway,worker' }),
  ADMIN_EMAIL: z.email('must be a mail address').optional()
    .meta({ description: 'First start only: mail address of the administrator who is created.', example: 'admin@example.org', unset: 'a one-time set-up link is printed' }),
  ADMIN_PASSWORD: hidden(z.string().min(10, 'must be at least 10 characters').max(200, 'must be at most 200 characters')).optional()
    .meta({ description: 'First start only: that administrator\'s password, 10 characters or more.', example: '', unset: 'a one-time set-up link is printed' }),
  SECRET_KEY: hidden(z.string().min(32, 'must be at least 32 characters')).optional()
    .meta({ description: 'Key that encrypts the stored passwords of address books, 32 characters or more; every process of an installation needs the same.', example: '', unset: 'made at the first start and kept in DATA_DIR' }),
  REGION: z.string().regex(/^[A-Za-z]{2}$/, 'must be a country code of two letters, such as DE').transform((text) => text.toUpperCase()).default('DE')
    .meta({ description: 'Country whose rules apply to numbers that are written without a country code.', example: 'DE' }),
  BOOK_HOSTS: bookHosts.optional()
    .meta({ description: 'Servers in private networks that address books may be on, as names, addresses or networks, separated by spaces; public servers need not be named.', example: 'dav.office.example.org 10.1.0.0/16', unset: 'administrators may name any server in a private network, others only those that an administrator has an address book on' }),
  PBX_SPOOL_DIR: z.string().optional()
    .meta({ description: 'Folder that both the bridge and Asterisk see under the same path: prompts to play and recorded voicemail go through it.', example: '/var/spool/ringbook', unset: 'DATA_DIR/spool' }),
  TTS_COMMAND: z.string().optional()
    .meta({ description: 'Command that speaks: it reads text on standard input and writes a WAV file to the path in {file}.', example: 'espeak-ng -w {file} --stdin', unset: 'the voice of the practice phone system, where it is there' }),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info')
    .meta({ description: `How much is logged: ${LOG_LEVELS.join(', ')}.`, example: 'info' }),
});
type Environment = z.infer<typeof environment>;

const NOT_YET = ['SMTP_URL', 'MAIL_FROM'] as const;

export interface Config {
  port: number; host: string; publicUrl: string; dataDir: string;
  databaseUrl?: Secret; redisUrl?: Secret;
  /** Empty: run the practice phone system. */
  pbxes: AmiTarget[];
  smtpUrl?: Secret; mailFrom: string; roles: Role[];
  /** Options that were given and change nothing in this version. */
  unused: string[];
  admin?: { email: string; password: Secret };
  /** Unset: administrators may name any private host. */
  bookHosts?: Hosts;
  secretKey?: Secret; region: string; spoolDir: string; ttsCommand?: string; logLevel: (typeof LOG_LEVELS)[number];
}

/**
 * Reads the options from an environment. An empty value counts as unset.
 * @throws Fault `config.invalid` that names every wrong option at once, and never a value.
 */
export const parseConfig = (env: Record<string, string | undefined>): Config => {
  const known = Object.keys(environment.shape).map((name) => [name, env[name]?.trim() || undefined] as const);
  const given = Object.fromEntries(known);
  const result = environment.safeParse(given);
  const errors = [...(result.error?.issues ?? []).map((issue): FieldError => ({ path: String(issue.path[0] ?? ''), message: issue.message })), ...half(given)];
  if (result.success && errors.length === 0) return configOf(result.data);
  throw new Fault('invalid', 'config.invalid', `Wrong configuration:\n${errors.map((error) => `  ${error.path} ${error.message}`).join('\n')}`, { errors });
};

/** Options that go together; looked at apart from the schema, which stops at the first kind of problem. */
const half = (given: Record<string, string | undefined>): FieldError[] => {
  if (Boolean(given['ADMIN_EMAIL']) === Boolean(given['ADMIN_PASSWORD'])) return [];
  return [{ path: given['ADMIN_EMAIL'] ? 'ADMIN_PASSWORD' : 'ADMIN_EMAIL', message: 'must be given too: ADMIN_EMAIL and ADMIN_PASSWORD go together' }];
};

const configOf = (env: Environment): Config => {
  const publicUrl = env.PUBLIC_URL ?? `http://${shown(env.HOST)}:${env.PORT}`;
  return {
    port: env.PORT, host: env.HOST, publicUrl, dataDir: env.DATA_DIR, databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL, pbxes: env.AMI_URL,
    smtpUrl: env.SMTP_URL, mailFrom: env.MAIL_FROM ?? `ringbook@${new URL(publicUrl).hostname}`, roles: env.ROLES,
    unused: NOT_YET.filter((name) => env[name] !== undefined),
    admin: env.ADMIN_EMAIL && env.ADMIN_PASSWORD ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : undefined,
    bookHosts: env.BOOK_HOSTS, secretKey: env.SECRET_KEY, region: env.REGION, spoolDir: env.PBX_SPOOL_DIR ?? `${env.DATA_DIR}/spool`, ttsCommand: env.TTS_COMMAND, logLevel: env.LOG_LEVEL,
  };
};
/** A host as it stands in a URL people open: an address that means "everywhere" is not one. */
const shown = (host: string): string => (host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host);
