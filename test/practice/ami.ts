/** A small AMI client for these tests only: they prove the dialplan, so Ringbook's own client must not be part of the proof. */
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type Message = Record<string, string>;

export class Ami {
  private buffer = '';
  private count = 0;
  private readonly messages = new EventEmitter().setMaxListeners(0);
  readonly seen: Message[] = [];
  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      this.buffer += text;
      for (let at = this.buffer.indexOf('\r\n\r\n'); at >= 0; at = this.buffer.indexOf('\r\n\r\n')) {
        const message: Message = {};
        for (const line of this.buffer.slice(0, at).split('\r\n')) {
          const colon = line.indexOf(':');
          if (colon > 0) message[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
        }
        this.buffer = this.buffer.slice(at + 4);
        this.seen.push(message);
        this.messages.emit('message', message);
      }
    });
  }

  static async open(url: string): Promise<Ami> {
    const { protocol, hostname, port, username, password } = new URL(url);
    const tls = protocol === 'amis:';
    const socket = tls ? connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false }) : connect(Number(port), hostname);
    const ami = new Ami(socket);
    await once(socket, tls ? 'secureConnect' : 'connect');
    const answer = await ami.action({ Action: 'Login', Username: username, Secret: password });
    if (answer.Response !== 'Success') throw new Error(answer.Message);
    return ami;
  }

  action(fields: Message): Promise<Message> {
    const id = `t${++this.count}`;
    const answer = this.wait((m) => m.ActionID === id && 'Response' in m, 5000);
    this.socket.write(`${Object.entries({ Action: fields.Action!, ActionID: id, ...fields }).map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n\r\n`);
    return answer;
  }

  /** The next message that fits, or one that was seen at or after `from` (an index into `seen`). */
  wait(fits: (m: Message) => boolean, ms = 10_000, from = this.seen.length): Promise<Message> {
    return new Promise((done, fail) => {
      const early = this.seen.slice(from).find(fits);
      if (early) return done(early);
      const look = (m: Message): void => { if (fits(m)) finish(() => done(m)); };
      const timer = setTimeout(() => finish(() => fail(new Error(`nothing on AMI within ${ms} ms that fits ${fits.toString()}`))), ms);
      const finish = (then: () => void): void => { clearTimeout(timer); this.messages.off('message', look); then(); };
      this.messages.on('message', look);
    });
  }

  event(name: string, ms?: number): Promise<Message> { return this.wait((m) => m.Event === name, ms); }

  async heartbeat(): Promise<void> {
    const { Timestamp = '' } = await this.action({ Action: 'Ping' });
    await this.action({ Action: 'Setvar', Variable: 'RB_HB', Value: String(Math.floor(Number(Timestamp))) });
  }
  async noHeartbeat(): Promise<void> { await this.action({ Action: 'Setvar', Variable: 'RB_HB', Value: '' }); }

  async set(channel: string, variables: Message): Promise<void> {
    for (const [Variable, Value] of Object.entries(variables)) await this.action({ Action: 'Setvar', Channel: channel, Variable, Value });
  }
  async send(channel: string, segment: string, variables: Message): Promise<void> {
    await this.set(channel, variables);
    const answer = await this.action({ Action: 'Redirect', Channel: channel, Context: 'ringbook', Exten: segment, Priority: '1' });
    if (answer.Response !== 'Success') throw new Error(answer.Message);
  }
  async variable(channel: string, Variable: string): Promise<string> {
    return (await this.action({ Action: 'Getvar', Channel: channel, Variable })).Value ?? '';
  }
  close(): void { this.socket.destroy(); }
}

/** The `agi_arg_n` values of an AsyncAGIStart, and everything else in its Env. */
export const envOf = (start: Message): Message => Object.fromEntries(
  decodeURIComponent(start.Env!).split('\n').filter(Boolean).map((line) => { const at = line.indexOf(':'); return [line.slice(0, at), line.slice(at + 2)]; }));
