/** A button that opens a small panel: a named dialog that takes the focus when opened and gives it back when closed. */
import { Popover, type PopoverProps } from '@mantine/core';
import { useState, type ReactElement, type ReactNode } from 'react';
import { Link } from 'react-router';
import css from './part.module.css';

interface DropProps extends Pick<PopoverProps, 'position' | 'width'> {
  label: string;
  target: (props: { 'aria-haspopup': 'dialog'; 'aria-expanded': boolean; onClick: () => void }) => ReactElement;
  children: (close: () => void) => ReactNode;
  /** Controlled from outside, e.g. by a key. */
  opened?: boolean;
  onChange?: (opened: boolean) => void;
}

export const Drop = ({ label, target, children, opened, onChange, position = 'bottom-end', width = 300 }: DropProps) => {
  const [own, setOwn] = useState(false);
  const open = opened ?? own;
  const set = onChange ?? setOwn;
  return (
    <Popover opened={open} onChange={set} position={position} width={width} trapFocus returnFocus withRoles={false}>
      <Popover.Target>{target({ 'aria-haspopup': 'dialog', 'aria-expanded': open, onClick: () => set(!open) })}</Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={label}>{children(() => set(false))}</Popover.Dropdown>
    </Popover>
  );
};

interface RowProps { icon?: ReactNode; end?: ReactNode; children: ReactNode; pressed?: boolean; onClick?: () => void; to?: string }
/** One line of such a panel: a link, or a button that may be on or off. */
export const DropRow = ({ icon, end, children, pressed, onClick, to }: RowProps) => {
  const inside = <>{icon}<span className={css.grow}>{children}</span>{end}</>;
  return to ? <Link to={to} className={css.droprow} onClick={onClick}>{inside}</Link>
    : <button type="button" className={css.droprow} aria-pressed={pressed} onClick={onClick}>{inside}</button>;
};
