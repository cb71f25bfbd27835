/**
 * A manager interface that can be made to misbehave. It knows as much of Asterisk's as the contract suite asks for: Login, Ping,
 * Setvar and Getvar (global), Originate (which always fails later), CoreShowChannels, DBGetTree; messages are written as Asterisk
 * writes them.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FakeBehaviour {
  secret?: string;
  banner?: string | Buffer;
  /** Before the answer to the login. */
  loginDelayMs?: number;
  /** Says nothing about having booted. */
  neverBoots?: boolean;
  /** Reads, and answers nothing any more. */
  deaf?: boolean;
  /** Every write is cut into pieces of so many bytes, each a packet of its own. */
  pieces?: number;
  tls?: { key: string; cert: string };
  port?: number;
}
type Action = Record<string, string>;

export class FakeAmi {
  /** What clients asked for, in order, secrets too: `Action` and fields. */
  readonly actions: Action[] = [];
  logins = 0;
  private readonly sockets = new Set<Socket>();
  private readonly variables = new Map<string, string>();
  private server!: Server;
  private port = 0;
  constructor(public behaviour: FakeBehaviour = {}) {}

  static async start(behaviour: FakeBehaviour = {}): Promise<FakeAmi> {
    const fake = new FakeAmi(behaviour);
    await fake.listen();
    return fake;
  }

  get url(): string { return `${this.behaviour.tls ? 'amis' : 'ami'}://ringbook:${encodeURIComponent(this.behaviour.secret ?? 's3cret')}@127.0.0.1:${this.port}`; }

  async listen(): Promise<void> {
    const accept = (socket: Socket): void => this.accept(socket);
    this.server = this.behaviour.tls ? createTlsServer(this.behaviour.tls, accept) : createServer(accept);
    this.server.on('tlsClientError', () => {});
    this.server.listen(this.port || (this.behaviour.port ?? 0), '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** To every client, as it is. */
  async send(raw: string | Buffer): Promise<void> { await Promise.all([...this.sockets].map((socket) => this.write(socket, raw))); }
  /** Does not even read any more. */
  stopReading(): void { for (const socket of this.sockets) socket.pause(); }
  /** Cuts every connection. */
  cut(): void { for (const socket of this.sockets) socket.destroy(); }
  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }
  async restart(): Promise<void> { await this.stop(); await this.listen(); }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    void this.write(socket, this.behaviour.banner ?? 'Asterisk Call Manager/11.0.0\r\n');
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      for (let end = heard.indexOf('\r\n\r\n'); end >= 0; end = heard.indexOf('\r\n\r\n')) {
        const action = Object.fromEntries(heard.slice(0, end).split('\r\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]));
        heard = heard.slice(end + 4);
        this.actions.push(action);
        void this.answer(socket, action);
      }
    });
  }

  private async answer(socket: Socket, action: Action): Promise<void> {
    const { behaviour } = this;
    if (behaviour.deaf) return;
    const id = action['ActionID'] ?? '';
    const say = (first: string, ...lines: string[]): Promise<void> => this.write(socket, `${[first, `ActionID: ${id}`, ...lines].join('\r\n')}\r\n\r\n`);
    switch (action['Action']) {
      case 'Login': await this.login(socket, action, say); return;
      case 'Ping': await say('Response: Success', 'Ping: Pong', `Timestamp: ${(Date.now() / 1000).toFixed(6)}`); return;
      case 'Setvar': this.variables.set(action['Variable'] ?? '', action['Value'] ?? ''); await say('Response: Success', 'Message: Variable Set'); return;
      case 'Getvar': await say('Response: Success', `Variable: ${action['Variable']}`, `Value: ${this.variables.get(action['Variable'] ?? '') ?? ''}`); return;
      case 'CoreShowChannels': await this.list(say, 'CoreShowChannel', []); return;
      case 'DBGetTree': await this.list(say, 'DBGetTreeResponse', [...this.variables].map(([name, value]) => [`Key: /${action['Family']}/${name}`, `Val: ${value}`])); return;
      case 'Originate':
        await say('Response: Success', 'Message: Originate successfully queued');
        await say('Event: OriginateResponse', 'Privilege: call,all', 'Response: Failure', `Channel: ${action['Channel']}`, 'Reason: 0', 'Uniqueid: <null>');
        return;
      default: await say('Response: Error', `Message: Invalid/unknown command: ${action['Action']}. Use Action: ListCommands to show available commands.`);
    }
  }

  private async login(socket: Socket, action: Action, say: (first: string, ...lines: string[]) => Promise<void>): Promise<void> {
    this.logins++;
    await sleep(this.behaviour.loginDelayMs ?? 0);
    if (action['Secret'] !== (this.behaviour.secret ?? 's3cret')) {
      await say('Response: Error', 'Message: Authentication failed');
      socket.end();
      return;
    }
    await say('Response: Success', 'Message: Authentication accepted');
    if (!this.behaviour.neverBoots) await this.write(socket, 'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 9\r\nLastReload: 9\r\nStatus: Fully Booted\r\n\r\n');
  }

  private async list(say: (first: string, ...lines: string[]) => Promise<void>, item: string, items: string[][]): Promise<void> {
    await say('Response: Success', 'EventList: start', 'Message: Result will follow');
    for (const lines of items) await say(`Event: ${item}`, ...lines);
    await say(`Event: ${item}sComplete`, 'EventList: Complete', `ListItems: ${items.length}`);
  }

  private async write(socket: Socket, raw: string | Buffer): Promise<void> {
    const bytes = Buffer.from(raw);
    const size = this.behaviour.pieces ?? bytes.length;
    for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
      await new Promise<void>((done) => { socket.write(bytes.subarray(at, at + size), () => done()); });
    }
  }
}
