import { Button, PasswordInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LEAST_VARIETY, lengthOf, PASSWORD_LENGTH, variety } from '../../setup/password.ts';
import { makePassword } from './new-password.ts';
import classes from './people.module.css';

/** Is it long and varied enough for a password that is the only factor? */
export const isPasswordRight = (password: string): boolean =>
  lengthOf(password) >= PASSWORD_LENGTH && variety(password) >= LEAST_VARIETY;

interface FirstPasswordProps {
  value: string;
  onChange(password: string): void;
  error: ReactNode;
}

/** A password that somebody is given for the first sign-in: typed, or made up and shown. */
export const FirstPassword = ({ value, onChange, error }: FirstPasswordProps) => {
  const { t } = useTranslation('people');
  const [isShown, setShown] = useState(false);
  return (
    <div className={classes.password}>
      <PasswordInput
        label={t('field.password')}
        description={t('field.passwordHint', { count: PASSWORD_LENGTH })}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        autoComplete="new-password"
        visible={isShown}
        onVisibilityChange={setShown}
        visibilityToggleButtonProps={{ 'aria-label': t('field.show') }}
        required
      />
      <Button
        onClick={() => {
          onChange(makePassword());
          setShown(true);
        }}
      >
        {t('add.generate')}
      </Button>
    </div>
  );
};
