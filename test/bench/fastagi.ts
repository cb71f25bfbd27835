/**
 * What people write today: a FastAGI script that looks the caller up in PostgreSQL and dials. Kept as lean as such a script
 * can be (one pooled query, one command), so that it is a fair peer.
 */
import { createServer } from 'node:net';
import pg from 'pg';

export const startFastAgi = async (databaseUrl: string, endpoint: string) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const server = createServer((socket) => {
    let text = '';
    let asked = false;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (!asked && text.includes('\n\n')) {
        asked = true;
        const caller = /agi_callerid: (\S+)/.exec(text)?.[1] ?? '';
        text = '';
        void pool.query('select c.name, c.code from contact_number n join contact c on c.id = n.contact_id where n.e164 = $1 limit 1', [caller]).then(() => socket.write(`EXEC Dial ${endpoint},30\n`));
      } else if (asked && text.includes('200 result')) socket.end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: (server.address() as { port: number }).port, stop: async () => { server.close(); await pool.end(); } };
};
