import { Button } from '@mantine/core';
import type { User } from '@muster/contract/identity';
import { useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { Card } from '../../parts/page.tsx';
import { PasswordFields } from './password-fields.tsx';
import classes from './profile.module.css';
import { usePasswordChange } from './use-password-change.ts';

/** Changes the own password. */
export const PasswordCard = ({ user }: { user: User }) => {
  const { t } = useTranslation('profile');
  const client = useQueryClient();
  const { fields, fault, isRight, isPending, isSuccess, submit } = usePasswordChange(() => {
    void client.invalidateQueries({ queryKey: ['sessions'] });
    void client.invalidateQueries({ queryKey: ['openid-links'] });
  });
  return (
    <Card title={t('password.title')}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          submit();
        }}
      >
        <PasswordFields {...fields} user={user} />
        <FormFault>{fault}</FormFault>
        <div className={form.buttons}>
          <span role="status" className={classes.said}>
            {t(isSuccess ? 'password.done' : 'password.text')}
          </span>
          <Button type="submit" variant="filled" loading={isPending} disabled={!isRight}>
            {t(fields.hasPassword ? 'password.submit' : 'password.submitFirst')}
          </Button>
        </div>
      </form>
    </Card>
  );
};
