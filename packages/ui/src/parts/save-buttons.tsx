import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import form from './form.module.css';

interface SaveButtonsProps {
  canSave: boolean;
  isSaving: boolean;
  /** It was, and nothing was typed since. */
  isSaved?: boolean;
  /** Somebody else saved first: what is there now must be loaded before it is changed. */
  isOvertaken: boolean;
  onLoadAgain(): void;
  /** What stands before them: a way out. */
  children?: ReactNode;
}

/** Saves a form; where somebody else was faster, offers to load what they saved. */
export const SaveButtons = ({
  canSave,
  isSaving,
  isSaved = false,
  isOvertaken,
  onLoadAgain,
  children,
}: SaveButtonsProps) => {
  const { t } = useTranslation();
  return (
    <div className={form.buttons}>
      <span role="status" className={form.note}>
        {isSaved ? t('saved') : null}
      </span>
      {children}
      {isOvertaken ? <Button onClick={onLoadAgain}>{t('loadAgain')}</Button> : null}
      <Button type="submit" variant="filled" loading={isSaving} disabled={!canSave || isOvertaken}>
        {t('save')}
      </Button>
    </div>
  );
};
