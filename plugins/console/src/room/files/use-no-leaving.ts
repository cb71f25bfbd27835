/** A file that is dropped beside its place would be opened by the browser, and the page would be gone. */
import { useEffect } from 'react';

const stay = (event: DragEvent) => { if (event.dataTransfer?.types.includes('Files')) event.preventDefault(); };
export const useNoLeaving = (on: boolean): void => {
  useEffect(() => {
    if (!on) return;
    for (const name of ['dragover', 'drop'] as const) addEventListener(name, stay);
    return () => { for (const name of ['dragover', 'drop'] as const) removeEventListener(name, stay); };
  }, [on]);
};
