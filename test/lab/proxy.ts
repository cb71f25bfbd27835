/** A TCP proxy on loopback that tests can cut, or hold in one direction: what a bad network does, on demand. */
import { createServer, connect, type Socket } from 'node:net';

export interface Proxy {
  port: number;
  /** What the client sends is kept back from now on; `release` sends it on, `cut` throws it away. */
  hold(): void;
  release(): void;
  /** Ends every connection; new ones are refused until `mend`. */
  cut(): void;
  mend(): void;
  /** Bytes kept back now. */
  held(): number;
  stop(): Promise<void>;
}

export const startProxy = async (host: string, port: number): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let refusing = false, holding = false;
  let kept: { to: Socket; data: Buffer }[] = [];
  const server = createServer((client) => {
    if (refusing) { client.destroy(); return; }
    const peer = connect(port, host);
    for (const s of [client, peer]) { sockets.add(s); s.setNoDelay(true); s.on('error', () => {}); s.on('close', () => { sockets.delete(s); }); }
    client.on('data', (data) => { if (holding) kept.push({ to: peer, data }); else peer.write(data); });
    peer.on('data', (data) => client.write(data));
    client.on('close', () => peer.destroy());
    peer.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const cut = (): void => { refusing = true; kept = []; for (const s of sockets) s.destroy(); };
  return {
    port: (server.address() as { port: number }).port,
    hold: () => { holding = true; },
    release: () => { holding = false; for (const { to, data } of kept.splice(0)) to.write(data); },
    cut, mend: () => { refusing = false; holding = false; },
    held: () => kept.reduce((sum, k) => sum + k.data.length, 0),
    stop: async () => { cut(); await new Promise<void>((done) => { server.close(() => done()); }); },
  };
};
