/** If-Match on things that carry a version: the ETag is the version in quotes. */
import { Fault } from '../shared/fault.js';

/** @returns the version demanded; undefined when none is. @throws Fault `request.invalid` */
export const versionOf = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const found = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim());
  if (!found) throw new Fault('invalid', 'request.invalid', 'If-Match cannot be read', { errors: [{ path: 'if-match', message: 'must be an ETag given by this address' }] });
  return Number(found[1]);
};
