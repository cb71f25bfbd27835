/** What the server says is wrong, at the field it names. */
import { createContext, useContext } from 'react';

export const Wrongs = createContext<Record<string, string>>({});
/** The message for a path, or for anything below it (an entry of a list). */
export const useWrong = (path: string): string | undefined => {
  const all = useContext(Wrongs);
  return all[path] ?? Object.entries(all).find(([key]) => key.startsWith(`${path}.`) && /^\d+$/.test(key.slice(path.length + 1)))?.[1];
};
