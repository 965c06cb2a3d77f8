import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/error.ts';
import { useSession } from '../../api/session.tsx';
import { changePassword } from '../../api/session-store.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { useHasPassword } from './accounts/use-links.ts';
import { isPasswordRight, type Passwords } from './password-fields.tsx';

const EMPTY: Passwords = { current: '', next: '' };

/** What a form that changes the own password stands on. */
export const usePasswordChange = (onChanged: () => void = () => undefined) => {
  const text = useErrorText();
  const hasPassword = useHasPassword();
  const { user } = useSession();
  const [passwords, setPasswords] = useState(EMPTY);
  const change = useMutation({
    mutationFn: () => changePassword(hasPassword ? passwords.current : undefined, passwords.next),
    onSuccess: () => {
      setPasswords(EMPTY);
      onChanged();
    },
  });
  const { error, isPending, isSuccess } = change;
  const isAtField = error instanceof ApiError && error.status === 422;
  return {
    fields: {
      passwords,
      hasPassword,
      error,
      onChange: (next: Passwords) => {
        setPasswords(next);
        change.reset();
      },
    },
    fault: error && !isAtField ? text(error) : null,
    isRight: isPasswordRight(passwords, user, hasPassword),
    isPending,
    isSuccess,
    submit: () => {
      if (isPasswordRight(passwords, user, hasPassword) && !isPending) change.mutate();
    },
  };
};
