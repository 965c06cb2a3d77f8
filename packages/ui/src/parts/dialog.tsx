import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFocusBack } from './use-focus-back.ts';
import { useScrollCue } from './use-scroll-cue.ts';
import { useTopmost } from './use-topmost.ts';

interface DialogProps {
  title: string;
  onClose(): void;
  /** Only its own buttons close it: what it shows cannot be shown again. */
  keep?: boolean;
  /** Width in pixels. */
  size?: number;
  children: ReactNode;
}

/** A dialog, there as long as it is rendered. Where it is longer than the screen its head and its last buttons stay in sight. */
export const Dialog = ({ title, onClose, keep = false, size = 520, children }: DialogProps) => {
  // Mantine's own return of the focus needs a dialog that stays rendered while it is closed.
  useFocusBack();
  const isTopmost = useTopmost();
  const scrolls = useScrollCue();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      closeOnClickOutside={!keep}
      closeOnEscape={!keep && isTopmost}
      trapFocus={isTopmost}
    >
      <span hidden ref={(inside) => scrolls(inside?.closest<HTMLElement>('[role="dialog"]') ?? null)} />
      {children}
    </Modal>
  );
};
