/**
 * A real SOGo on a free loopback port, with a memcached and a database of its own in the tests' PostgreSQL. One user, who has
 * the address book and the calendar that SOGo gives everybody. Needs the packages sogo and memcached.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { chown, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { inject } from 'vitest';
import pg from 'pg';
import { asAdmin } from './database.js';
import { type DavPlace, davPlace } from './dav-place.js';
import { answers, freePort, type Program, startProgram } from './program.js';

export interface Sogo extends DavPlace { stop(): Promise<void> }
const USER = 'anna', PASSWORD = 'password';

export const startSogo = async (server = inject('postgres')): Promise<Sogo> => {
  const dir = mkdtempSync(join(tmpdir(), 'sogo-'));
  const name = `sogo_${dir.slice(-6).toLowerCase().replace(/\W/g, 'x')}_${process.pid}`;
  const running: Program[] = [];
  const stop = async (): Promise<void> => {
    for (const program of running.toReversed()) await program.stop();
    await asAdmin(server, `drop database if exists ${name} with (force)`);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const database = new URL(server.adminUrl);
    await asAdmin(server, `create database ${name} template template0 encoding 'UTF8'`);
    database.pathname = `/${name}`;
    await fill(database.href);
    const user = userOf('sogo');
    await mkdir(join(dir, 'home'));
    if (user.uid !== undefined && process.getuid?.() === 0) for (const path of [dir, join(dir, 'home')]) await chown(path, user.uid, user.gid ?? user.uid);
    const [memcached, port] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}/SOGo/`;
    running.push(await startProgram('memcached', { args: ['-l', '127.0.0.1', '-p', String(memcached), '-U', '0', '-m', '64'], ...user, ready: listens(memcached) }));
    running.push(await startProgram('/usr/sbin/sogod', { args: argsOf(database, port, memcached, dir), cwd: dir, env: { HOME: join(dir, 'home'), LC_ALL: 'C.UTF-8' }, ...user, patience: 30_000, ready: answers(url) }));
    const home = `${url}dav/${USER}/`;
    return { ...davPlace({ url, bookUrl: `${home}Contacts/personal/`, calendarUrl: `${home}Calendar/personal/`, user: USER, password: PASSWORD }), stop };
  } catch (thrown) { await stop(); throw thrown; }
};

const fill = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('create table sogo_users (c_uid varchar primary key, c_name varchar, c_password varchar, c_cn varchar, mail varchar)');
    await client.query('insert into sogo_users values ($1, $1, $2, $3, $4)', [USER, PASSWORD, 'Anna', 'anna@example.org']);
  } finally { await client.end(); }
};

/** Settings on the command line win over those in /etc/sogo/sogo.conf. One worker: with several, one may for a moment hand out what another has replaced. */
const argsOf = (database: URL, port: number, memcached: number, dir: string): string[] => {
  const at = database.href.replace(/^postgres(?:ql)?:/, 'postgresql:');
  const settings: Record<string, string> = {
    WOPort: `127.0.0.1:${port}`, WONoDetach: 'YES', WOPidFile: join(dir, 'sogo.pid'), WOLogFile: '-', WOWorkersCount: '1', SxVMemLimit: '0',
    SOGoProfileURL: `${at}/sogo_user_profile`, OCSFolderInfoURL: `${at}/sogo_folder_info`, OCSSessionsFolderURL: `${at}/sogo_sessions_folder`, OCSEMailAlarmsFolderURL: `${at}/sogo_alarms_folder`,
    SOGoMemcachedHost: `127.0.0.1:${memcached}`, SOGoTimeZone: 'Europe/Berlin', SOGoLanguage: 'English', SOGoMailModuleEnabled: 'NO', SOGoLoginModule: 'Contacts', SOGoMailDomain: 'example.org',
    SOGoUserSources: `({ type = sql; id = users; viewURL = "${at}/sogo_users"; canAuthenticate = YES; isAddressBook = NO; userPasswordAlgorithm = plain; })`,
  };
  return Object.entries(settings).flatMap(([name, value]) => [`-${name}`, value]);
};

const userOf = (name: string): { uid?: number; gid?: number } => {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith(`${name}:`))?.split(':');
  return line ? { uid: Number(line[2]), gid: Number(line[3]) } : {};
};
const listens = (port: number) => (): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});
