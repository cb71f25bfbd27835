/** Text from outside as PostgreSQL can keep it: its `text` has no NUL, and a statement that brings one fails as a whole. */
export const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text);
