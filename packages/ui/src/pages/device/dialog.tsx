import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface DialogProps {
  title: string;
  onClose(): void;
  /** Only its own buttons close it: what it shows cannot be shown again. */
  keep?: boolean;
  /** Width in pixels. */
  size?: number;
  children: ReactNode;
}

/** A dialog of the Device page, there as long as it is rendered. */
export const Dialog = ({ title, onClose, keep = false, size = 520, children }: DialogProps) => {
  const { t } = useTranslation('device');
  return (
    <Modal.Root opened onClose={onClose} size={size} yOffset="8vh" closeOnClickOutside={!keep} closeOnEscape={!keep}>
      <Modal.Overlay color="var(--backdrop)" backgroundOpacity={1} />
      <Modal.Content>
        {/* Without the role a screen reader would count it as a second banner of the page. */}
        <Modal.Header role="presentation">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('close')} />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
};
