/** Which attributes entries of some classes may have, from the descriptions of classes that a directory publishes (RFC 4512, 4.1.1). */

const MAX_LENGTH = 20_000, MAX_CLASSES = 100;
const list = (text: string): string[] => text.replace(/[()']/g, ' ').split(/[\s$]+/).filter(Boolean).map((name) => name.toLowerCase());
const part = (description: string, keyword: string): string[] => {
  const found = new RegExp(String.raw`\s${keyword}\s+(\(|'?[A-Za-z0-9.;-]+'?)`).exec(description);
  if (found?.[1] !== '(') return found ? list(found[1]!) : [];
  const from = found.index + found[0].length, to = description.indexOf(')', from);
  return to < 0 ? [] : list(description.slice(from, to));
};

/**
 * Whether `attribute` may stand in an entry of these classes; undefined when the descriptions do not say. Other names of an
 * attribute are not known here, so that a no is not certain.
 */
export const allows = (descriptions: readonly string[], classes: readonly string[], attribute: string): boolean | undefined => {
  const known = new Map<string, string>();
  for (const description of descriptions) if (description.length <= MAX_LENGTH) for (const name of part(description, 'NAME')) known.set(name, description);
  const wanted = attribute.toLowerCase();
  const [open, seen] = [classes.map((name) => name.toLowerCase()), new Set<string>()];
  let all = known.size > 0 && open.length > 0;
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (seen.size > MAX_CLASSES) return undefined;
    const description = known.get(name);
    if (description === undefined) { all &&= name === 'top'; continue; }
    if (name === 'extensibleobject' || [...part(description, 'MUST'), ...part(description, 'MAY')].includes(wanted)) return true;
    open.push(...part(description, 'SUP'));
  }
  return all ? false : undefined;
};
