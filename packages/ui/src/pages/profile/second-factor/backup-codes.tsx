import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import form from '../../../parts/form.module.css';
import { CopyLine } from '../../device/copy-line.tsx';

/** Backup codes, shown once. */
export const BackupCodes = ({ codes, onKept }: { codes: readonly string[]; onKept(): void }) => {
  const { t } = useTranslation('profile');
  return (
    <div className={form.form}>
      <p>{t('factor.shown')}</p>
      <CopyLine label={t('factor.codes')} text={codes.join(' ')} />
      <div className={form.buttons}>
        <Button variant="filled" onClick={onKept} data-autofocus>
          {t('factor.kept')}
        </Button>
      </div>
    </div>
  );
};
