/** Names and numbers of callers: foreign text, shown as text, isolated from the direction of what stands around it. */
import { Tooltip } from '@mantine/core';
import type { CodeMeaning } from '@ringbook/contracts/carrier';
import type { Tier } from '@ringbook/contracts/profile';
import { useCode } from '../lib/codes.js';
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

interface CodeProps { code: string | null; /** In lists, where there is no room for its name. */ short?: boolean }
/** The code itself always, its name and colour where they are known: colour alone never says anything. */
export const CodeBadge = ({ code, short }: CodeProps) => (code === null ? null : <KnownBadge code={code} short={short} />);

interface TonedProps { code: string; name?: string; colour?: CodeMeaning['colour']; meaning?: string; short?: boolean }
/** A code as it would look with this name and colour. */
export const Toned = ({ code, name, colour, meaning, short }: TonedProps) => (
  <span className={`${css.badge} ${colour ? css[`code-${colour}`] : css.code}`} title={[name, meaning].filter(Boolean).join(': ') || undefined}>
    <span className="hidden">{w.code('')}</span><span className={css.mono}>{code}</span>
    {name && <span className={short ? 'hidden' : css.codename}>{name}</span>}
  </span>
);
const KnownBadge = ({ code, short }: { code: string; short?: boolean }) => {
  const known = useCode(code);
  return <Toned code={code} name={known?.name} colour={known?.colour} meaning={known?.meaning} short={short} />;
};
