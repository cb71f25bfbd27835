// A worker process that takes a job, says so, and never finishes it: made to be killed. Runs on the built code.
import { openQueue } from '../../dist/queue/queue.adapter.js';

const [databaseUrl, redisUrl] = process.argv.slice(2);
const queue = await openQueue({ databaseUrl, redisUrl: redisUrl || undefined });
const never = new Promise(() => {});
await queue.work({ drain: ({ callId }) => { console.log(`took ${callId}`); return never; }, sweep: async () => {}, sync: async () => {}, codes: async () => {}, calendar: async () => {} });
console.log('ready');
setInterval(() => {}, 1000);
