import { Button } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../../api/session.tsx';
import form from '../../../parts/form.module.css';
import { saveFile } from '../../../parts/save-file.ts';
import { useCopy } from '../../../parts/use-copy.ts';
import classes from './second-factor.module.css';

/** Backup codes, shown once: to be copied, or kept as a file. */
export const BackupCodes = ({ codes, onKept }: { codes: readonly string[]; onKept(): void }) => {
  const { t } = useTranslation('profile');
  const words = useTranslation('device').t;
  const { user } = useSession();
  const list = useRef<HTMLOListElement>(null);
  const { copied, copy } = useCopy(codes.join('\n'), list);
  const save = () => {
    const whose = user ? `${user.username}@${user.organization.slug}` : '';
    saveFile([`${t('factor.fileTitle', { whose })}\n\n${codes.join('\n')}\n`], 'muster-backup-codes.txt');
  };
  return (
    <div className={form.form}>
      <p>{t('factor.shown')}</p>
      <ol ref={list} className={classes.codes} aria-label={t('factor.codes')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className={form.buttons}>
        <Button onClick={() => void copy()}>
          <span aria-live="polite">{words(copied ? 'copy.done' : 'copy.do')}</span>
        </Button>
        <Button onClick={save}>{t('factor.download')}</Button>
        <Button variant="filled" onClick={onKept} data-autofocus>
          {t('factor.kept')}
        </Button>
      </div>
    </div>
  );
};
