import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../parts/dialog.tsx';
import form from '../../parts/form.module.css';

interface RetentionDialogProps {
  /** What is kept for a shorter time than before, and how many days from now on. */
  shorter: readonly { span: string; days: number }[];
  onConfirm(): void;
  onClose(): void;
}

/** Asks once, naming what goes, before values are deleted for good. */
export const RetentionDialog = ({ shorter, onConfirm, onClose }: RetentionDialogProps) => {
  const { t } = useTranslation('administration');
  const common = useTranslation().t;
  return (
    <Dialog onClose={onClose} title={t('shorten.title')} size={440}>
      <div className={form.form}>
        <p>{t('shorten.text')}</p>
        <ul>
          {shorter.map(({ span, days }) => (
            <li key={span}>{t(`shorten.${span}`, { count: days })}</li>
          ))}
        </ul>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" onClick={onConfirm}>
            {t('shorten.do')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
