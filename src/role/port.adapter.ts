/** The address that the web server listens on: tried before anything else is begun, and what it means when it cannot be had. */
import { createServer } from 'node:net';
import { Fault } from '../shared/fault.js';

export interface Address { port: number; host: string }

/** @throws Fault `start.port`, `start.address` */
export const tryAddress = (address: Address): Promise<void> => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', (thrown) => reject(notListening(thrown, address)));
  server.listen(address.port, address.host, () => server.close(() => resolve()));
});

/** What to throw instead of the error of a server that could not listen. */
export const notListening = (thrown: unknown, { port, host }: Address): unknown => {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new Fault('conflict', 'start.port', `Port ${port} on ${host} is taken by another program: stop it, or choose another with PORT.`, {}, thrown);
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') return new Fault('invalid', 'start.address', `Ringbook may not listen on ${host}, port ${port} (${code}): choose others with HOST and PORT.`, {}, thrown);
  return thrown;
};
