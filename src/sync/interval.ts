/** When a book is to be synchronised next. */

/** Seconds between two syncs of a book that is well. */
export const INTERVAL = 60;
const LONGEST = 3600;
/** A wrong password does not mend itself, and many tries may lock the account. */
const NEEDS_SOMEBODY = 1800;

/**
 * @param failures in a row, 0 when the last sync went well
 * @param needsSomebody the trouble is in the settings rather than in the network
 * @param retryAfter seconds that the server asked for
 */
export const secondsToNext = (failures: number, needsSomebody = false, retryAfter = 0): number => {
  const backOff = failures === 0 ? INTERVAL : Math.min(INTERVAL * 2 ** Math.min(failures - 1, 10), LONGEST);
  return Math.max(backOff, needsSomebody ? NEEDS_SOMEBODY : 0, Math.min(retryAfter, LONGEST));
};
