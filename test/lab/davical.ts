/**
 * A real DAViCal on a free loopback port: Debian's files under PHP's own server, on a database of its own in the tests'
 * PostgreSQL. One user with one address book and one calendar, both empty. Needs the packages davical, php-cli, php-pgsql.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type DavPlace, davPlace } from './dav-place.js';
import { asAdmin } from './database.js';
import { answers, freePort, startProgram } from './program.js';

export interface DaviCal extends DavPlace {
  /** Another book of the user; with `readOnly` it is somebody else's, who lets them read. */
  stop(): Promise<void>;
}

const SHARE = '/usr/share/davical', AWL = '/usr/share/awl';
const USER = 'anna', PASSWORD = 'pass wörd';
/** What Debian's create-database.sh and update-davical-database run, in their order; without psql and perl. */
const SCHEMA = [`${AWL}/dba/awl-tables.sql`, `${AWL}/dba/schema-management.sql`, `${SHARE}/dba/davical.sql`];
const PROGRAMS = [`${SHARE}/dba/supported_locales.sql`, `${SHARE}/dba/views/dav_principal.sql`, `${SHARE}/dba/caldav_functions.sql`, `${SHARE}/dba/rrule_functions.sql`, `${SHARE}/dba/base-data.sql`];

export const startDaviCal = async (server = inject('postgres')): Promise<DaviCal> => {
  const dir = await mkdtemp(join(tmpdir(), 'davical-'));
  const name = `davical_${dir.slice(-6).toLowerCase().replace(/\W/g, 'x')}_${process.pid}`;
  await asAdmin(server, `create database ${name} template template0 encoding 'UTF8'`);
  const database = new URL(server.adminUrl);
  database.pathname = `/${name}`;
  const close = async (): Promise<void> => { await asAdmin(server, `drop database if exists ${name} with (force)`); await rm(dir, { recursive: true, force: true }); };
  try {
    await fill(server, database.href);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    await writeFile(join(dir, 'ringbook-conf.php'), configOf(database));
    await writeFile(join(dir, 'router.php'), routerOf(dir));
    const php = await startProgram('php', { args: ['-d', 'memory_limit=512M', '-d', 'display_errors=0', '-d', `include_path=${SHARE}/inc:${AWL}/inc`, '-S', `127.0.0.1:${port}`, '-t', `${SHARE}/htdocs`, join(dir, 'router.php')], env: { PHP_CLI_SERVER_WORKERS: '3' }, ready: answers(`${url}robots.txt`) });
    const home = `${url}caldav.php/${USER}/`;
    return { ...davPlace({ url, bookUrl: `${home}addresses/`, calendarUrl: `${home}calendar/`, user: USER, password: PASSWORD }), stop: async () => { await php.stop(); await close(); } };
  } catch (thrown) { await close(); throw thrown; }
};

const fill = async (server: Parameters<typeof asAdmin>[0], url: string): Promise<void> => {
  for (const role of ['davical_dba', 'davical_app']) await asAdmin(server, `do $$ begin create role ${role}; exception when duplicate_object then null; when unique_violation then null; end $$`);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('set client_min_messages = error');
    for (const file of SCHEMA) await client.query(await readFile(file, 'utf8'));
    // The schema is of the last patch already; the patches are known by name.
    const patches = (await readdir(`${SHARE}/dba/patches`)).length;
    if (patches === 0) throw new Error('these are no files of DAViCal');
    for (const file of PROGRAMS) await client.query(await readFile(file, 'utf8'));
    await client.query(`insert into usr (username, password, fullname, email, active) values ('${USER}', '**${PASSWORD}', 'Anna', 'anna@example.org', true)`);
    await client.query(`insert into principal (type_id, user_no, displayname, default_privileges) select 1, user_no, fullname, 0::bit(24) from usr where username = '${USER}'`);
    for (const [path, type] of [['addresses', 'carddav:addressbook'], ['calendar', 'caldav:calendar']] as const) {
      await client.query(`insert into collection (user_no, parent_container, dav_name, dav_etag, dav_displayname, is_calendar, is_addressbook, created, modified, public_events_only, publicly_readable, resourcetypes)
        select user_no, '/${USER}/', '/${USER}/${path}/', md5('${path}'), '${path}', ${path === 'calendar'}, ${path === 'addresses'}, now(), now(), false, false, '<DAV::collection/><urn:ietf:params:xml:ns:${type}/>' from usr where username = '${USER}'`);
    }
  } finally { await client.end(); }
};

const php = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
const configOf = ({ hostname, port, username, password, pathname }: URL): string => `<?php
$_SERVER['SERVER_NAME'] = '127.0.0.1';
$c->pg_connect[] = ${php(`dbname=${pathname.slice(1)} host=${hostname} port=${port} user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`)};
$c->system_name = 'lab'; $c->admin_email = 'a@example.org'; $c->domain_name = '127.0.0.1';
$c->default_collections = array(); $c->enable_auto_schedule = false;
`;
/** What Apache's rewrite rules of the package do. Its configuration is looked for by the name of the server: below /etc/davical, or from there. */
const routerOf = (dir: string): string => `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$_SERVER['SERVER_NAME'] = ${php(`../..${dir}/ringbook`)};
if (preg_match('#^/\\.well-known/(cal|card)dav#', $path)) { header('Location: /caldav.php/', true, 301); exit; }
if (preg_match('#^/caldav\\.php(/.*)?$#', $path, $m)) {
  $_SERVER['PATH_INFO'] = urldecode($m[1] ?? '/'); $_SERVER['SCRIPT_NAME'] = '/caldav.php';
  chdir('${SHARE}/htdocs'); require '${SHARE}/htdocs/caldav.php'; exit;
}
return false;
`;
