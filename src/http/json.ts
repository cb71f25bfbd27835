/** Bounds on JSON from outside, checked before anything recursive walks it. */
export const MAX_DEPTH = 64;

/** How deep objects and arrays nest in a JSON text. Counts brackets outside of strings, which are leapt over: they may hold files. The text need not be valid. */
export const depthOf = (text: string): number => {
  let depth = 0, deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) i = endOf(text, i);
    else if (c === 123 || c === 91) deepest = Math.max(deepest, ++depth);
    else if (c === 125 || c === 93) depth--;
  }
  return deepest;
};

/** Where the string that begins at `start` ends: at the next quotation mark without an odd number of backslashes before it. */
const endOf = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
};
