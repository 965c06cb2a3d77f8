import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import form from '../../parts/form.module.css';
import { CopyLine } from '../device/copy-line.tsx';

interface SecretProps {
  secret: string;
  /** What whoever has it may do. */
  text: string;
  /** Who sends it, and how. */
  use: string;
  /** A line that tries it. */
  command: string;
  onKept(): void;
}

/** A secret, shown once, and how it is used. */
export const Secret = ({ secret, text, use, command, onKept }: SecretProps) => {
  const { t } = useTranslation('administration');
  return (
    <div className={form.form}>
      <p>{text}</p>
      <CopyLine label={t('secret.label')} text={secret} />
      <p>{use}</p>
      <CopyLine label={t('secret.command')} text={command} />
      <div className={form.buttons}>
        <Button variant="filled" onClick={onKept}>
          {t('secret.kept')}
        </Button>
      </div>
    </div>
  );
};
