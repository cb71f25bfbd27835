/** Free ports on the loopback interface, below the range from which the kernel gives ports to outgoing connections. */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { Fault } from '../shared/fault.js';

const LOWEST = 10_000;
const COUNT = 20_000;

const isFree = (kind: 'tcp' | 'udp', host: string, port: number): Promise<boolean> => new Promise((done) => {
  if (kind === 'tcp') {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(true)));
    return;
  }
  const socket = createSocket('udp4');
  socket.once('error', () => done(false));
  socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => done(true)));
});

/** A port that nobody uses on that address now, taken at random so that several systems starting at once do not meet. */
export const freePort = async (kind: 'tcp' | 'udp', host: string): Promise<number> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = LOWEST + 2 * Math.floor(Math.random() * (COUNT / 2));
    if (await isFree(kind, host, port)) return port;
  }
  throw new Fault('unavailable', 'practice.ports', `no free ${kind} port on ${host}`);
};

/** Whether the manager on that port is the one with this secret, and not another that got the port first. */
export const acceptsLogin = (port: number, secret: string): Promise<boolean> => new Promise((done) => {
  const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`Action: Login\r\nUsername: ringbook\r\nSecret: ${secret}\r\nEvents: off\r\n\r\n`));
  let heard = '';
  const end = (accepted: boolean): void => { socket.destroy(); done(accepted); };
  socket.setTimeout(3000, () => end(false));
  socket.once('error', () => end(false));
  socket.once('close', () => done(false));
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    if (/Response: Success/.test(heard)) end(true);
    else if (/Response: Error/.test(heard)) end(false);
  });
});
