/** A remark within a room: something to know (warn), something that went well (good), or plain. */
import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './part.module.css';

const ICON = { warn: IconAlertTriangle, good: IconCheck, plain: IconInfoCircle };
export const Note = ({ tone = 'plain', children, label }: { tone?: keyof typeof ICON; children: ReactNode; label?: string }) => {
  const Icon = ICON[tone];
  return <div className={css.note} data-tone={tone} role={label ? 'group' : undefined} aria-label={label}><Icon size={18} aria-hidden /><div style={{ minWidth: 0, flex: 1 }}>{children}</div></div>;
};
