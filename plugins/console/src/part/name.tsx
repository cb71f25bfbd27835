/** Names and numbers of callers: foreign text, shown as text, isolated from the direction of what stands around it. */
import { Tooltip } from '@mantine/core';
import type { Tier } from '@ringbook/contracts/profile';
import { w } from '../words/index.js';
import css from './part.module.css';

export const Name = ({ children, className }: { children: string; className?: string }) => <bdi className={className} dir="auto">{children}</bdi>;

export const Num = ({ children }: { children: string | null }) => (children === null ? <span className="dim">{w.withheld}</span> : <span className="number">{children}</span>);

const SURE: Record<Tier, string> = { exact: css.sure!, national: css.sure!, extension: css.sure!, suffix: css.guess!, ambiguous: css.guess!, none: css.plain! };

/** How surely the caller is known; the explanation opens on hover, touch and focus and is read with the badge. */
export const TierBadge = ({ tier }: { tier: Tier }) => (
  <Tooltip label={w.tierHelp[tier]}>
    <span className={`${css.badge} ${SURE[tier]}`} tabIndex={0} role="note" aria-label={`${w.tier[tier]}. ${w.tierHelp[tier]}`}>{w.tier[tier]}</span>
  </Tooltip>
);

export const CodeBadge = ({ code }: { code: string | null }) => (code === null ? null
  : <span className={`${css.badge} ${css.code}`}><span className="hidden">{w.code('')}</span>{code}</span>);
