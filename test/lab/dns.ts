/** A real DNS server on a free loopback port, for names that exist in tests only. Needs the program `dnsmasq` (package dnsmasq-base). */
import { promises } from 'node:dns';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram } from './program.js';

export interface Dns { /** For `namesAt`. */ server: string; stop(): Promise<void> }
export interface Records {
  /** name -> address */
  hosts?: Record<string, string>;
  /** `_carddavs._tcp.example.org` -> target, port, priority */
  srv?: [record: string, target: string, port: number, priority?: number][];
  txt?: [record: string, text: string][];
}

export const startDns = async ({ hosts = {}, srv = [], txt = [] }: Records): Promise<Dns> => {
  const dir = await mkdtemp(join(tmpdir(), 'dns-'));
  const port = await freePort();
  const server = `127.0.0.1:${port}`;
  const resolver = new promises.Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([server]);
  const args = [
    '--keep-in-foreground', '--conf-file=/dev/null', `--pid-file=${join(dir, 'pid')}`, '--no-resolv', '--no-hosts', '--no-poll', '--bind-interfaces', '--listen-address=127.0.0.1', `--port=${port}`, '--user=', '--log-facility=-', '--local=//', '--local=/com/org/test/',
    '--host-record=ready.test,127.0.0.1', ...Object.entries(hosts).map(([name, address]) => `--host-record=${name},${address}`),
    ...srv.map(([record, target, at, priority = 0]) => `--srv-host=${record},${target},${at},${priority}`), ...txt.map(([record, text]) => `--txt-record=${record},${text}`),
  ];
  const dns = await startProgram('dnsmasq', { args, ready: async () => (await resolver.resolve4('ready.test')).length === 1 });
  return { server, stop: async () => { await dns.stop(); await rm(dir, { recursive: true, force: true }); } };
};
