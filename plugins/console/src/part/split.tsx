/** A list with the chosen item beside it; on a narrow screen one or the other. */
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'react-router';
import { w } from '../words/index.js';
import css from './split.module.css';

interface SplitProps { list: ReactNode; detail: ReactNode; chosen: boolean; back: string; backLabel: string }
export const Split = ({ list, detail, chosen, back, backLabel }: SplitProps) => (
  <div className={css.split} data-chosen={chosen}>
    <div className={css.list}>{list}</div>
    <div className={css.detail}>
      {chosen && <Button className={css.back} component={Link} to={back} variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={16} aria-hidden />}>{backLabel}</Button>}
      {detail}
    </div>
  </div>
);

/** Fetches the next page when its button comes into sight; the button stays for those who press it. */
export const More = ({ more, busy, load }: { more: boolean; busy: boolean; load: () => void }) => {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const there = button.current;
    if (!there || busy) return undefined;
    const watch = new IntersectionObserver((seen) => { if (seen.some((entry) => entry.isIntersecting)) load(); }, { rootMargin: '200px' });
    watch.observe(there);
    return () => watch.disconnect();
  });
  return more ? <Button ref={button} fullWidth variant="subtle" loading={busy} onClick={load}>{w.loadMore}</Button> : null;
};
