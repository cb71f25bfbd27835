/** What is said between a process and its thread for syncs. */
import type { Hosts } from '../shared/network.js';
import type { FaultKind } from '../shared/fault.js';
import type { SyncOutcome } from '../sync/engine.service.js';
import type { Progress } from '../sync/shelf.js';

/** `key`: of shared/seal.adapter.ts. */
export interface ThreadData { databaseUrl: string; region: string; bookHosts: Hosts | undefined; key: Uint8Array }
/** One source to be read. `outcome` undefined: a calendar whose events were only worked out again. */
export type ThreadAsk = { id: number; bookId: string } | { id: number; calendarId: string };
export type ThreadAnswer =
  | { kind: 'outcome'; id: number; outcome: SyncOutcome | undefined }
  | { kind: 'thrown'; id: number; text: string; fault?: { kind: FaultKind; code: string; context: Record<string, unknown> } }
  | { kind: 'publish'; topic: string; message: unknown }
  | { kind: 'progress'; bookId: string; progress: Progress & { seconds: number } }
  | { kind: 'trouble'; text: string };
