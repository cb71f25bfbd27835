/**
 * SIPp scenarios, as XML text: one for a caller, one for a telephone. They carry the signalling only; sound is sent and heard by
 * rtp.adapter.ts, whose port stands in the SDP. What happens is written to SIPp's log file, one line each:
 *
 *     tick|call-id|event|value        (tick: milliseconds since this SIPp started)
 *
 * From outside, a scenario is steered by a SIP request MESSAGE with the call's Call-ID: it ends the call, in the way that fits
 * its state (CANCEL, BYE), or answers a ringing one.
 */

export interface CallerScript {
  /** Unique within the machine: it makes the Via branch, which CANCEL and the ACK of a refusal must repeat. */
  id: string;
  /** The user part of From, percent-encoded here: `+4930123456`, or a telephone's extension. */
  from: string;
  /** `privacy`: the number is there for the network but must not be shown (RFC 3325). `anonymous`: there is no number at all. */
  withheld?: 'privacy' | 'anonymous';
  /** The number dialled. */
  to: string;
  /** Where the caller listens for sound. */
  media: { ip: string; port: number };
}

/** What a telephone does with a call. Milliseconds count from the INVITE, or from the answer. */
export type Behaviour =
  | { kind: 'answer'; afterMs?: number; /** says BYE so long after the answer */ hangUpAfterMs?: number }
  | { kind: 'ring' }
  | { kind: 'busy' }
  | { kind: 'decline' };

/** SIPp's own name for the display name: given by `-set`, so that nothing in it can be SIPp syntax. */
export const NAME_VARIABLE = 'name';

const REFUSALS = [400, 401, 403, 404, 408, 410, 480, 484, 486, 487, 488, 500, 501, 502, 503, 504, 600, 603, 604, 606];

const sdp = (ip: string, port: number): string => `v=0
o=- 1 1 IN IP4 ${ip}
s=-
c=IN IP4 ${ip}
t=0 0
m=audio ${port} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
`;

const send = (head: string, { body = '', attributes = '' } = {}): string => {
  const rest = body === '' ? 'Content-Length: 0\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`;
  return `<send${attributes}><![CDATA[\n${head.trim()}\n${rest}\n]]></send>\n`;
};
const log = (event: string, value = ''): string => `<log message="[clock_tick]|[call_id]|${event}|${value}"/>`;
const nop = (actions: string): string => `<nop><action>${actions}</action></nop>\n`;
const label = (id: string): string => `<label id="${id}"/>\n`;
const recv = (what: string, actions = ''): string => (actions ? `<recv ${what}><action>${actions}</action></recv>\n` : `<recv ${what}/>\n`);
const header = (name: string, variable: string): string =>
  `<ereg regexp=".*" search_in="hdr" header="${name}:" assign_to="${variable}"/>`;
const MEDIA_PORT = '<ereg regexp="m=audio ([0-9]+)" search_in="body" assign_to="media,port"/>';
const scenario = (name: string, variables: string, steps: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="${name}">\n${steps.join('')}<Reference variables="${variables}"/>\n</scenario>\n`;
const VIA = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=';

/** A user part that is safe in a SIP URI (RFC 3261, 25.1) and in a scenario. */
const userPart = (value: string): string =>
  encodeURIComponent(value).replace(/['()*!~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%2B', '+');

/** The pieces of a caller's messages that depend on who calls whom. */
const callerParts = ({ id, from, to, withheld }: CallerScript) => {
  const user = withheld === 'anonymous' ? 'anonymous' : userPart(from);
  const target = `sip:${userPart(to)}@[remote_ip]:[remote_port]`;
  const fromLine = withheld
    ? `From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=${id}`
    : `From: [$${NAME_VARIABLE}]<sip:${user}@[local_ip]:[local_port]>;tag=${id}`;
  /** `part` makes the Via branch: a CANCEL and the ACK of a refusal repeat the one of the INVITE, all else has its own. */
  const request = (method: string, number: number, part: string, uri: string, toLine: string): string =>
    `${method} ${uri} SIP/2.0\n${VIA}z9hG4bK-${id}-${part}\n${fromLine}\n${toLine}\nCall-ID: [call_id]\nCSeq: ${number} ${method}\nMax-Forwards: 70`;
  const hidden = withheld === 'privacy' ? `P-Asserted-Identity: [$${NAME_VARIABLE}]<sip:${user}@[local_ip]>\nPrivacy: id\n` : '';
  return { target, request, extra: `${hidden}Contact: <sip:${user}@[local_ip]:[local_port]>\nAllow: INVITE, ACK, BYE, CANCEL` };
};

/** One call, from INVITE to its end. Logs: invite, code (each response), answered (value: the peer's RTP port), bye, cancelled, end. */
export const callerScenario = (script: CallerScript): string => {
  const { target, request, extra } = callerParts(script);
  return scenario('caller', `media,port,to,${NAME_VARIABLE}`, [
    `<Global variables="${NAME_VARIABLE}"/>\n`,
    nop(log('invite')),
    send(`${request('INVITE', 1, 'i', target, `To: <${target}>`)}\n${extra}`,
      { body: sdp(script.media.ip, script.media.port), attributes: ' retrans="500"' }),
    label('wait'),
    recv('response="100" optional="true" next="wait"', log('code', '100')),
    recv('response="180" optional="true" next="wait"', log('code', '180')),
    recv('response="183" optional="true" next="wait"', MEDIA_PORT + log('code', '183') + log('early', '[$port]')),
    ...REFUSALS.map((code) => recv(`response="${code}" optional="true" next="refused"`, header('To', 'to') + log('code', String(code)))),
    recv('request="MESSAGE" optional="true" next="cancel"'),
    recv('response="200" rrs="true"', header('To', 'to') + MEDIA_PORT + log('code', '200') + log('answered', '[$port]')),
    send(request('ACK', 1, 'a', '[next_url]', 'To:[$to]')),
    label('talk'),
    recv('request="BYE" optional="true" next="hungup"', log('bye')),
    recv('request="INVITE" optional="true" next="changed"'),
    recv('request="MESSAGE"'),
    send(request('BYE', 2, 'b', '[next_url]', 'To:[$to]'), { attributes: ' retrans="500"' }),
    recv('response="200" timeout="3000" ontimeout="end" next="end"'),
    ...changed(script.media, 'hungup'),
    label('hungup'), send(reply('200 OK')), '<nop next="end"/>\n',
    ...givingUp(script),
    label('end'), nop(log('end')),
  ]);
};

/** CANCEL, and the 487 that it brings; the ACK also serves for every other refusal. */
const givingUp = (script: CallerScript): string[] => {
  const { target, request } = callerParts(script);
  const given = header('To', 'to') + log('code', '487');
  return [
    label('cancel'),
    send(request('CANCEL', 1, 'i', target, `To: <${target}>`)),
    recv('response="487" optional="true" next="refused"', given),
    recv('response="200"'),
    recv('response="487" timeout="3000" ontimeout="end"', given),
    label('refused'), send(request('ACK', 1, 'i', target, 'To:[$to]')),
  ];
};

const reply = (status: string, to = '', more = ''): string =>
  `SIP/2.0 ${status}\n[last_Via:]\n[last_From:]\n[last_To:]${to}\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port]>${more}`;
const TAG = ';tag=t[pid]c[call_number]';

/** A second INVITE within the call (Asterisk tells a new connected name so, or hold): agreed to, the sound goes on as it was. */
const changed = (media: { ip: string; port: number }, bye: string): string[] => [
  label('changed'), send(reply('200 OK'), { body: sdp(media.ip, media.port), attributes: ' retrans="500"' }),
  recv(`request="BYE" optional="true" next="${bye}"`, log('bye')),
  recv('request="ACK" next="talk"'),
];

/** A telephone, for any number of calls. Logs: invite (value: port|From), answered, ack, cancelled, bye, hangup, end. */
export const phoneScenario = (behaviour: Behaviour, media: { ip: string; port: number }): string => scenario(behaviour.kind, 'media,port,from,to,cseq,via', [
  recv('request="INVITE" rrs="true"', header('From', 'from') + header('To', 'to') + header('CSeq', 'cseq') + header('Via', 'via') + MEDIA_PORT + log('invite', '[$port]|[$from]')),
  ...(behaviour.kind === 'busy' ? refusing('486 Busy Here') : behaviour.kind === 'decline' ? refusing('603 Decline') : ringing(behaviour, media)),
  label('end'), nop(log('end')),
]);

const refusing = (status: string): string[] => [send(reply(status, TAG)), recv('request="ACK" timeout="3000" ontimeout="end"')];

const ringing = (behaviour: Behaviour & { kind: 'answer' | 'ring' }, media: { ip: string; port: number }): string[] => {
  const answerAfter = behaviour.kind === 'answer' ? ` timeout="${Math.max(1, behaviour.afterMs ?? 1)}" ontimeout="answer"` : '';
  const hangUpAfter = behaviour.kind === 'answer' && behaviour.hangUpAfterMs !== undefined
    ? ` timeout="${Math.max(1, behaviour.hangUpAfterMs)}" ontimeout="hangup"` : '';
  return [
    send(reply('180 Ringing', TAG)),
    recv(`request="CANCEL" optional="true" next="cancelled"${answerAfter}`, log('cancelled')),
    recv('request="MESSAGE"'),
    label('answer'), nop(log('answered')),
    send(answer, { body: sdp(media.ip, media.port), attributes: ' retrans="500"' }),
    recv('request="ACK"', log('ack')),
    label('talk'),
    recv(`request="BYE" optional="true" next="bye"${hangUpAfter}`, log('bye')),
    recv('request="INVITE" optional="true" next="changed"'),
    recv('request="MESSAGE"'),
    label('hangup'), nop(log('hangup')),
    send(`BYE [next_url] SIP/2.0\n${VIA}[branch]\nFrom:[$to]${TAG}\nTo:[$from]\nCall-ID: [call_id]\nCSeq: 7 BYE\nMax-Forwards: 70`, { attributes: ' retrans="500"' }),
    recv('response="200" timeout="3000" ontimeout="end" next="end"'),
    ...changed(media, 'bye'),
    label('bye'), send(reply('200 OK')), '<nop next="end"/>\n',
    label('cancelled'),
    send(reply('200 OK', TAG)),
    send(`SIP/2.0 487 Request Terminated\n[last_Via:]\n[last_From:]\n[last_To:]${TAG}\n[last_Call-ID:]\nCSeq:[$cseq]`),
    recv('request="ACK" timeout="3000" ontimeout="end"'),
  ];
};

/** The answer repeats the Via, From, To and CSeq of the INVITE, which need not be the last request that came. */
const answer =
  `SIP/2.0 200 OK\nVia:[$via]\nFrom:[$from]\nTo:[$to]${TAG}\n[last_Call-ID:]\nCSeq:[$cseq]\nContact: <sip:[local_ip]:[local_port]>`;

/** The request that steers a running scenario, to be sent to its own SIP port. */
export const steering = (callId: string, nonce: string): string =>
  `MESSAGE sip:steer@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-${nonce}\r\nFrom: <sip:steer@127.0.0.1>;tag=${nonce}\r\n` +
  `To: <sip:steer@127.0.0.1>\r\nCall-ID: ${callId}\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n`;

export interface LogLine { tick: number; callId: string; event: string; value: string }
/** One line of a scenario's log; undefined for anything else that SIPp writes there. */
export const logLine = (text: string): LogLine | undefined => {
  const match = /^(\d+)\|([^|]+)\|(\w+)\|(.*)$/.exec(text.trim());
  return match ? { tick: Number(match[1]), callId: match[2]!, event: match[3]!, value: match[4]! } : undefined;
};

/** A display name as a SIP quoted string with a space after it; empty for no name. Line ends and controls are left out. */
export const quotedName = (name: string): string => {
  const clean = [...name].filter((c) => c.codePointAt(0)! >= 32 && c !== '\u007f').join('');
  return clean === '' ? '' : `"${clean.replace(/["\\]/g, (c) => `\\${c}`)}" `;
};
