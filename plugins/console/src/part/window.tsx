/** A long list of which only the rows in sight are in the page. All rows have the same height. The page itself scrolls. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import css from './split.module.css';

const AROUND = 8;
export interface Span { from: number; to: number }
/** Which rows are in sight: `top` is where the list begins, seen from the upper edge of the window. */
export const spanOf = (top: number, height: number, row: number, count: number): Span => ({
  from: Math.max(0, Math.min(count, Math.floor(-top / row) - AROUND)), to: Math.max(0, Math.min(count, Math.ceil((height - top) / row) + AROUND)),
});

const useSpan = (count: number, row: number) => {
  const list = useRef<HTMLUListElement>(null);
  const [span, setSpan] = useState<Span>({ from: 0, to: Math.min(count, 40) });
  useLayoutEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      if (!list.current) return;
      const next = spanOf(list.current.getBoundingClientRect().top, innerHeight, row, count);
      setSpan((old) => (old.from === next.from && old.to === next.to ? old : next));
    };
    const later = () => { frame ||= requestAnimationFrame(look); };
    look();
    addEventListener('scroll', later, { passive: true, capture: true });
    addEventListener('resize', later);
    return () => { cancelAnimationFrame(frame); removeEventListener('scroll', later, { capture: true }); removeEventListener('resize', later); };
  }, [count, row]);
  return { list, span };
};

/** A row's height in pixels: the rows are set in rem, so that they grow with the reader's letters. */
const useRow = (rem: number) => {
  const [row, setRow] = useState(() => rem * parseFloat(getComputedStyle(document.documentElement).fontSize));
  useEffect(() => { const again = () => setRow(rem * parseFloat(getComputedStyle(document.documentElement).fontSize)); addEventListener('resize', again); return () => removeEventListener('resize', again); }, [rem]);
  return row;
};

interface WindowListProps<T> { items: readonly T[]; keyOf: (item: T) => string; rem: number; label: string; /** More rows are still to come. */ more: boolean; children: (item: T) => ReactNode }
export const WindowList = <T,>({ items, keyOf, rem, label, more, children }: WindowListProps<T>) => {
  const row = useRow(rem);
  const { list, span } = useSpan(items.length, row);
  /** The row with the focus stays, however far it is scrolled away, and with it those that Tab goes to from there. */
  const [held, setHeld] = useState<number | null>(null);
  const shown = items.slice(span.from, span.to).map((item, i) => ({ item, at: span.from + i }));
  const kept = held === null ? [] : [held - 1, held, held + 1].filter((at) => at >= 0 && at < items.length && (at < span.from || at >= span.to)).map((at) => ({ item: items[at]!, at }));
  return (
    <ul ref={list} className={`${css.rows} ${css.window}`} aria-label={label} style={{ height: items.length * row }} onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) setHeld(null); }}>
      {[...shown, ...kept].sort((a, b) => a.at - b.at).map(({ item, at }) => (
        <li key={keyOf(item)} aria-posinset={at + 1} aria-setsize={more ? -1 : items.length} style={{ height: row, transform: `translateY(${at * row}px)` }} onFocus={() => setHeld(at)}>{children(item)}</li>
      ))}
    </ul>
  );
};
