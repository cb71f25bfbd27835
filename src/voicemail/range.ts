/** The Range header (RFC 9110 section 14.2), one range of bytes; several at once are answered whole. */
export type Part = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' };

/** @param size of the file in bytes. `end` is the last byte, included. */
export const partOf = (range: string | undefined, size: number): Part => {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return { kind: 'whole' };
  const [, first, last] = found as unknown as [string, string, string];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  return start >= size || (first === '' && Number(last) === 0) ? { kind: 'unsatisfiable' } : { kind: 'part', start, end };
};
