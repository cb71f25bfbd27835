/** Words for what is held back and asked about. Every code begins with `sync.would-`: the owner may say that it may go. */
import type { Plan } from './plan.js';
import type { Trouble } from './shelf.js';

type Words = { one: string; many: string };
const count = (n: number): string => n.toLocaleString('en');
const UNTIL = 'are kept here until the server shows them again, or until you say that they may go.';

/** @param moved where another collection was found, when the one we know is gone */
export const heldBack = ({ why, going, holding, coming }: Extract<Plan, { kind: 'held' }>, { one, many }: Words, moved?: string): Trouble => {
  if (why === 'would-empty') return { code: 'sync.would-empty', text: `The ${one} at the server is suddenly empty. The ${count(holding)} ${many} ${UNTIL}` };
  if (why === 'would-lose') return { code: 'sync.would-lose', text: `At the server, ${count(going)} of the ${count(holding)} ${many} of this ${one} are suddenly gone. They ${UNTIL}` };
  const where = moved === undefined ? `The server shows another ${one} in the place of this one` : `This ${one} is not at the server any more; there is another one, at ${moved}`;
  return { code: 'sync.would-replace', text: `${where}: none of the ${count(holding)} ${many} is in it, but ${count(coming)} others. Those we have ${UNTIL}` };
};

export const vanished = (holding: number, { one, many }: Words): Trouble => ({
  code: 'sync.would-vanish',
  text: `The ${one} is not at the server any more. The ${count(holding)} ${many} are kept here until it is back. If it was deleted for good, remove the ${one} here, or say that they may go.`,
});
