import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { CopyLine } from '../../device/copy-line.tsx';
import classes from '../people/people.module.css';
import { type MadeOrganization, MakeOrganizationForm } from './make-organization-form.tsx';

/** Makes an organization and shows what its owner signs in with, once. */
export const MakeOrganizationDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('organizations');
  const [made, setMade] = useState<MadeOrganization | null>(null);
  const toCopy = useRef<HTMLDivElement>(null);
  // not the button that closes: a second Enter must not take the password away
  useEffect(() => {
    if (made) toCopy.current?.querySelector('button')?.focus();
  }, [made]);
  if (!made) {
    return (
      <Dialog onClose={onClose} title={t('make.title')} size={640}>
        <MakeOrganizationForm onMade={setMade} onCancel={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title={t('handOver.title', { name: made.name })} size={520} keep>
      <div className={form.form}>
        <p>{t('handOver.text')}</p>
        <div className={classes.copy}>
          <span>{t('handOver.username')}</span>
          <CopyLine text={made.signsInAs} label={t('handOver.username')} />
        </div>
        <div ref={toCopy} className={classes.copy}>
          <span>{t('handOver.password')}</span>
          <CopyLine text={made.password} label={t('handOver.password')} />
        </div>
        <div className={form.buttons}>
          <Button variant="filled" onClick={onClose}>
            {t('handOver.kept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
