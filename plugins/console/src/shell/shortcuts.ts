/** Single-key shortcuts: they can be turned off (WCAG 2.1.4), and never act while somebody types. */
import { useEffect, useState } from 'react';

const KEY = 'ringbook-single-keys';
const read = () => { try { return localStorage.getItem(KEY) !== 'off'; } catch { return true; } };

export interface SingleKeys { on: boolean; set: (on: boolean) => void }
export const useSingleKeys = (): SingleKeys => {
  const [on, setOn] = useState(read);
  return { on, set: (next) => { setOn(next); try { localStorage.setItem(KEY, next ? 'on' : 'off'); } catch { /* for this window only */ } } };
};

export const isTyping = (target: EventTarget | null) => target instanceof HTMLElement
  && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.closest('[role="listbox"], [role="menu"], [role="dialog"]') !== null);
export const isPlain = (event: KeyboardEvent | React.KeyboardEvent) => !event.ctrlKey && !event.metaKey && !event.altKey;

const ROOMS: Record<string, string> = { c: '/', h: '/calls', o: '/contacts', r: '/rules', v: '/voicemail' };

/** G, then the letter of a room. */
export const useRoomKeys = (go: (path: string) => void, on: boolean) => {
  useEffect(() => {
    if (!on) return undefined;
    let since = 0;
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || !isPlain(event)) return;
      const path = Date.now() - since < 1500 ? ROOMS[event.key] : undefined;
      since = event.key === 'g' ? Date.now() : 0;
      // Caught on its way down, so that the second key does not act on a call card that has the focus.
      if (path) { event.preventDefault(); event.stopPropagation(); go(path); }
    };
    addEventListener('keydown', press, true);
    return () => removeEventListener('keydown', press, true);
  });
};
