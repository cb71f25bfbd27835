/** SIP load for benches: many calls a second with plain SIPp scenarios, timed by SIPp itself from INVITE to 180. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PHONE_IP, TRUNK_IP } from '../../src/practice/asterisk.adapter.js';
import { program } from '../../src/practice/packages.js';
import { freePort } from '../../src/practice/ports.adapter.js';
import { udpBound } from '../../src/practice/sipp.adapter.js';

const SDP = 'v=0\no=u 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 8\na=rtpmap:8 PCMA/8000\n';
const FROM = 'From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]u[call_number]';
const request = (method: string, cseq: number, to: string, extra = '', body = '') => `${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
${FROM}
To: <sip:[service]@[remote_ip]:[remote_port]>${to}
Call-ID: [call_id]
CSeq: ${cseq} ${method === 'ACK' ? 'ACK' : method}
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
${extra}Content-Length: ${body ? '[len]' : '0'}

${body}`;
const CALLER = `<?xml version="1.0"?><scenario name="load">
<send retrans="500" start_rtd="1"><![CDATA[${request('INVITE', 1, '', 'Content-Type: application/sdp\n', SDP)}]]></send>
<recv response="100" optional="true"/>
<recv response="180" rtd="1"/>
<recv response="200" rrs="true"/>
<send><![CDATA[${request('ACK', 1, '[peer_tag_param]')}]]></send>
<pause milliseconds="200"/>
<send retrans="500"><![CDATA[${request('BYE', 2, '[peer_tag_param]')}]]></send>
<recv response="200"/>
</scenario>`;
const answer = (status: string, sdp: boolean) => `SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]s[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
${sdp ? 'Content-Type: application/sdp\n' : ''}Content-Length: ${sdp ? '[len]' : '0'}

${sdp ? SDP : ''}`;
const PHONE = `<?xml version="1.0"?><scenario name="phone">
<recv request="INVITE" rrs="true"/>
<send><![CDATA[${answer('180 Ringing', false)}]]></send>
<pause milliseconds="50"/>
<send retrans="500"><![CDATA[${answer('200 OK', true)}]]></send>
<recv request="ACK"/>
<recv request="BYE" timeout="30000"/>
<send><![CDATA[${answer('200 OK', false).replace(';tag=[pid]s[call_number]', '')}]]></send>
</scenario>`;

const run = (root: string, cwd: string, args: string[]): ChildProcess => {
  const { file, args: first, env } = program(root, 'sipp');
  return spawn(file, [...first, ...args, '-nostdin'], { cwd, env: { ...process.env, TERM: 'dumb', ...env }, stdio: 'ignore' });
};

/** A telephone that rings at once and answers after 50 ms, as often as it is called. */
export const loadPhone = async (root: string, dir: string, port: number) => {
  const work = await mkdtemp(join(dir, 'load-phone-'));
  await writeFile(join(work, 'phone.xml'), PHONE);
  const child = run(root, work, ['-sf', 'phone.xml', '-i', PHONE_IP, '-p', String(port), '-mi', PHONE_IP]);
  if (!(await udpBound(PHONE_IP, port))) throw new Error('the telephone for the load did not start');
  return { stop: async () => { const gone = once(child, 'exit'); child.kill('SIGKILL'); await gone; } };
};

export interface LoadResult { calls: number; failed: number; p50: number; p95: number; p99: number }

/** `calls` calls at `rate` a second to `number`, from the caller numbers in turn; milliseconds from INVITE to 180. */
export const load = async (root: string, dir: string, o: { sipAddress: string; number: string; rate: number; calls: number; callers: string[] }): Promise<LoadResult> => {
  const work = await mkdtemp(join(dir, 'load-'));
  await writeFile(join(work, 'caller.xml'), CALLER);
  await writeFile(join(work, 'callers.csv'), `SEQUENTIAL\n${o.callers.join('\n')}\n`);
  const port = await freePort('udp', TRUNK_IP);
  const child = run(root, work, ['-sf', 'caller.xml', '-inf', 'callers.csv', '-s', o.number, '-i', TRUNK_IP, '-p', String(port), '-mi', TRUNK_IP,
    '-r', String(o.rate), '-m', String(o.calls), '-l', '500', '-trace_rtt', '-rtt_freq', '1', '-trace_stat', '-fd', '1', '-timeout', String(Math.ceil(o.calls / o.rate) + 30), o.sipAddress]);
  await once(child, 'exit');
  const files = await readdir(work);
  const rtt = await readFile(join(work, files.find((f) => f.endsWith('_rtt.csv')) ?? 'none'), 'utf8');
  const stats = (await readFile(join(work, files.find((f) => /_\d+_\.csv$/.test(f)) ?? 'none'), 'utf8')).trim().split('\n').map((l) => l.split(';'));
  const column = (name: string) => Number(stats.at(-1)![stats[0]!.indexOf(name)]);
  const times = rtt.trim().split('\n').slice(1).map((l) => Number(l.split(';')[1])).filter((n) => !Number.isNaN(n)).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { calls: column('SuccessfulCall(C)'), failed: o.calls - column('SuccessfulCall(C)'), p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};
