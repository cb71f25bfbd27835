/** Messages on the live socket, /api/v1/live. */
import { z } from 'zod';
import { sourceState, syncProgress } from './book.js';
import { pop, presence, voicemail } from './call.js';

/** First message of a client that is not signed in by cookie. */
export const hello = z.strictObject({ type: z.literal('hello'), token: z.string().max(200) });
const seq = z.number().int();
export const liveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), seq, pops: z.array(pop), presence: z.array(presence) }),
  z.object({ type: z.literal('pop.opened'), seq, pop }),
  z.object({ type: z.literal('pop.changed'), seq, pop }),
  z.object({ type: z.literal('pop.closed'), seq, pop }),
  z.object({ type: z.literal('presence.changed'), seq, presence }),
  z.object({ type: z.literal('voicemail.received'), seq, voicemail }),
  /** Something of this book may have changed. With `progress` (null: over) or `state` there is no need to ask. */
  z.object({ type: z.literal('sync.changed'), seq, bookId: z.uuid(), state: sourceState.exclude(['new']).optional(), progress: syncProgress.nullable().optional() }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;
