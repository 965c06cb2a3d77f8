import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import form from '../../../parts/form.module.css';
import { CopyLine } from '../../device/copy-line.tsx';

/** A secret, shown once, and how a script uses it. */
export const Secret = ({ secret, onKept }: { secret: string; onKept(): void }) => {
  const { t } = useTranslation('apiKeys');
  return (
    <div className={form.form}>
      <p>{t('secret.text')}</p>
      <CopyLine label={t('secret.label')} text={secret} />
      <p>{t('secret.use')}</p>
      <CopyLine
        label={t('secret.command')}
        text={`curl -H 'Authorization: Bearer ${secret}' ${location.origin}/api/v1/devices`}
      />
      <div className={form.buttons}>
        <Button variant="filled" onClick={onKept}>
          {t('secret.kept')}
        </Button>
      </div>
    </div>
  );
};
