/** The WebSocket door at /api/v1/live: lets clients in who say who they are within 5 seconds, and keeps their connections honest. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { fastifyCookie } from '@fastify/cookie';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { hello } from '@ringbook/contracts';
import { WebSocketServer, type WebSocket } from 'ws';
import { CONFIG } from '../config/env.adapter.js';
import type { Config } from '../config/config.js';
import { answerOf } from '../http/problem.js';
import { SESSION_COOKIE, SIGNED_IN, type Credentials, type SignedIn } from '../http/who.js';
import { Fault } from '../shared/fault.js';
import { CLOSE, LiveClient } from './client.adapter.js';
import { doorOf, PROTOCOL, protocolToken } from './door.js';
import { LiveService } from './live.service.js';

const PATH = '/api/v1/live';
const HELLO_WITHIN = 5000;
const HEARTBEAT = 20_000;
const MAX_MESSAGE = 4096;
/** Sockets that have not said who they are. */
const MOST_STRANGERS = 500;

@Injectable()
export class LiveGateway implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false, handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false) });
  private readonly strangers = new Set<LiveClient>();
  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => { this.upgrade(request, socket, head); };
  private timer?: NodeJS.Timeout;

  constructor(private readonly host: HttpAdapterHost, private readonly lives: LiveService, @Inject(SIGNED_IN) private readonly signedIn: SignedIn, @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>) {}

  onApplicationBootstrap(): void {
    this.http().on('upgrade', this.onUpgrade);
    this.timer = setInterval(() => { for (const client of this.lives.all()) client.beat(); }, HEARTBEAT);
  }
  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.http().off('upgrade', this.onUpgrade);
    for (const client of this.strangers) client.terminate();
  }
  private http(): Server { return this.host.httpAdapter.getHttpServer() as Server; }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => { socket.destroy(); });
    if (request.url?.split('?')[0] !== PATH) { refuse(socket, new Fault('missing', 'route.missing', 'There is nothing at this address')); return; }
    const door = doorOf({ origin: request.headers.origin, host: request.headers.host, publicUrl: this.config.publicUrl });
    if (door === 'shut') { refuse(socket, new Fault('forbidden', 'origin.foreign', 'This request came from another site')); return; }
    const credentials = credentialsOf(request, door === 'cookieOrToken');
    const mute = !credentials.bearer && !credentials.cookie; // who shows something at the door is not kept out by those who do not
    if (mute && this.strangers.size >= MOST_STRANGERS) { refuse(socket, new Fault('unavailable', 'live.full', 'Too many live sockets have not said who they are')); return; }
    this.server.handleUpgrade(request, socket, head, (ws) => { this.begin(ws, credentials); });
  }

  private begin(ws: WebSocket, credentials: Credentials): void {
    let first: string | undefined;
    let trying = true;
    const client = new LiveClient(ws, {
      message: (text) => { if (client.state !== 'new' || first !== undefined) return; first = text; if (!trying) void this.greet(client, text); },
      closed: () => { this.strangers.delete(client); this.lives.leave(client); },
    });
    this.strangers.add(client);
    setTimeout(() => { if (client.state === 'new') client.close(CLOSE.signIn, 'nobody said hello'); }, HELLO_WITHIN).unref();
    void this.admit(client, credentials).then((inside) => {
      trying = false;
      if (inside) return;
      if (credentials.bearer) client.close(CLOSE.signIn, 'the token is not valid');
      else if (first !== undefined) void this.greet(client, first);
    });
  }

  private async greet(client: LiveClient, text: string): Promise<void> {
    const said = hello.safeParse(parsed(text));
    if (!said.success || !await this.admit(client, { bearer: said.data.token })) client.close(CLOSE.signIn, 'the first message must be a hello with a valid token');
  }

  /** @returns whether these credentials are somebody's */
  private async admit(client: LiveClient, credentials: Credentials): Promise<boolean> {
    try {
      const who = credentials.bearer || credentials.cookie ? await this.signedIn.who(credentials) : undefined;
      if (!who || client.state !== 'new') return false;
      Object.assign(client, { who, credentials });
      this.strangers.delete(client);
      await this.lives.enter(client);
    } catch { client.close(CLOSE.broken, 'try again'); }
    return true;
  }
}

const credentialsOf = ({ headers }: IncomingMessage, cookies: boolean): Credentials => {
  const bearer = protocolToken(headers['sec-websocket-protocol']) ?? /^Bearer +([A-Za-z0-9_-]{10,200})$/i.exec(headers.authorization ?? '')?.[1];
  return { bearer, cookie: cookies && !bearer && headers.cookie ? fastifyCookie.parse(headers.cookie)[SESSION_COOKIE] : undefined };
};
const parsed = (text: string): unknown => {
  try { return JSON.parse(text); } catch { return undefined; }
};
/** As every problem of the API, though there is no Fastify yet that could answer it. */
const refuse = (socket: Duplex, fault: Fault): void => {
  const { status, body: problem } = answerOf(fault);
  const body = JSON.stringify(problem);
  socket.end(`HTTP/1.1 ${status} ${problem.title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
};
