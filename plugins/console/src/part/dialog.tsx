import { Modal } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { w } from '../words/index.js';

interface DialogProps { title: string; size?: string; onClose: () => void; /** false: only its own buttons close it */ dismissable?: boolean; /** What was typed is not lost by a click beside it */ typing?: boolean; children: ReactNode }

/** Gives the focus back to what opened the dialog, unless something else has taken it since. */
const useReturnFocus = () => {
  const [opener] = useState(() => document.activeElement);
  useEffect(() => () => {
    requestAnimationFrame(() => { if (document.activeElement === document.body && opener instanceof HTMLElement && opener.isConnected) opener.focus(); });
  }, [opener]);
};

/** A named dialog over the page. Its heading is a plain box: a second page header would be one landmark too many. */
export const Dialog = ({ title, size, onClose, dismissable = true, typing = false, children }: DialogProps) => {
  useReturnFocus();
  return (
    <Modal.Root opened onClose={onClose} size={size} centered lockScroll={false} returnFocus={false} closeOnClickOutside={dismissable && !typing} closeOnEscape={dismissable} transitionProps={{ duration: 120 }}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header {...{ component: 'div' }}>
          <Modal.Title>{title}</Modal.Title>
          {dismissable && <Modal.CloseButton aria-label={w.close} />}
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
};
