/** Bounds on JSON from outside, checked before anything recursive walks it. */
export const MAX_DEPTH = 64;

/** How deep objects and arrays nest in a JSON text. Counts brackets outside of strings; the text need not be valid. */
export const depthOf = (text: string): number => {
  let depth = 0, deepest = 0, inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) { if (c === 92) i++; else if (c === 34) inString = false; continue; }
    if (c === 34) inString = true;
    else if (c === 123 || c === 91) deepest = Math.max(deepest, ++depth);
    else if (c === 125 || c === 93) depth--;
  }
  return deepest;
};
