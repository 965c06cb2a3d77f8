import { Button, PasswordInput } from '@mantine/core';
import type { PasswordRule } from '@muster/contract/schema';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { makePassword } from './new-password.ts';
import classes from './people.module.css';

interface FirstPasswordProps {
  value: string;
  onChange(password: string): void;
  error: ReactNode;
  /** Of the organization that the person will belong to. */
  rule: PasswordRule;
}

/** A password that somebody is given for the first sign-in: typed, or made up and shown. */
export const FirstPassword = ({ value, onChange, error, rule }: FirstPasswordProps) => {
  const { t } = useTranslation('people');
  const [isShown, setShown] = useState(false);
  return (
    <div className={classes.password}>
      <PasswordInput
        label={t('field.password')}
        description={t(rule.classes ? 'field.passwordHintClasses' : 'field.passwordHint', { count: rule.least })}
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
          onChange(makePassword(rule));
          setShown(true);
        }}
      >
        {t('add.generate')}
      </Button>
    </div>
  );
};
