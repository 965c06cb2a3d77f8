import { useTranslation } from 'react-i18next';
import { lengthOf, PASSWORD_LENGTH, strengthOf } from './password.ts';
import classes from './password-strength.module.css';

/** Says what a good password is, and how good this one is. */
export const PasswordStrength = ({ id, password }: { id: string; password: string }) => {
  const { t } = useTranslation('setup');
  const strength = strengthOf(password);
  const missing = PASSWORD_LENGTH - lengthOf(password);
  const words =
    strength === 0
      ? t('strength.rule', { count: PASSWORD_LENGTH })
      : missing > 0
        ? t('strength.missing', { count: missing })
        : t(`strength.${strength}`);
  return (
    <div className={classes.strength}>
      <div className={classes.bars} aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span key={step} data-on={strength >= step} />
        ))}
      </div>
      <span id={id} className={classes.words} aria-live="polite">
        {words}
      </span>
    </div>
  );
};
