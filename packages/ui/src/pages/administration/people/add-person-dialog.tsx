import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOfPerson } from '../../../data/people.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { CopyLine } from '../../device/copy-line.tsx';
import { type AddedPerson, AddPersonForm } from './add-person-form.tsx';
import classes from './people.module.css';

/** Adds a person and shows the first password, once. */
const AddPersonDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const [added, setAdded] = useState<AddedPerson | null>(null);
  const toCopy = useRef<HTMLDivElement>(null);
  // Not the button that closes: a second Enter must not take the password away.
  useEffect(() => {
    if (added) toCopy.current?.querySelector('button')?.focus();
  }, [added]);
  if (!added) {
    return (
      <Dialog onClose={onClose} title={t('add.title')} size={640}>
        <AddPersonForm onAdded={setAdded} onCancel={onClose} />
      </Dialog>
    );
  }
  const { person, password } = added;
  return (
    <Dialog onClose={onClose} title={t('added.title', { name: nameOfPerson(person) })} size={520} keep>
      <div className={form.form}>
        <p>{t('added.text')}</p>
        <div className={classes.copy}>
          <span>{t('field.username')}</span>
          <CopyLine text={person.username} label={t('field.username')} />
        </div>
        <div ref={toCopy} className={classes.copy}>
          <span>{t('field.password')}</span>
          <CopyLine text={password} label={t('field.password')} />
        </div>
        <div className={form.buttons}>
          <Button onClick={() => setAdded(null)}>{t('added.another')}</Button>
          <Button
            onClick={() =>
              void navigate({ to: '/administration/people/$personId', params: { personId: person.id }, replace: true })
            }
          >
            {t('added.open')}
          </Button>
          <Button variant="filled" onClick={onClose}>
            {t('added.kept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};

export default AddPersonDialog;
