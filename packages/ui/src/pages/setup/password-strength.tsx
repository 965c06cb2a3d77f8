import type { PasswordRule } from '@muster/contract/schema';
import { useTranslation } from 'react-i18next';
import { hasAllKinds, lengthOf, strengthOf, usualRule } from './password.ts';
import classes from './password-strength.module.css';

interface PasswordStrengthProps {
  id: string;
  password: string;
  /** Absent: nobody knows yet whose it will be. */
  rule?: PasswordRule | undefined;
}

/** Says what a good password is, and how good this one is. */
export const PasswordStrength = ({ id, password, rule = usualRule }: PasswordStrengthProps) => {
  const { t } = useTranslation('setup');
  const strength = strengthOf(password, rule);
  const missing = rule.least - lengthOf(password);
  const words =
    strength === 0
      ? t(rule.classes ? 'strength.ruleClasses' : 'strength.rule', { count: rule.least })
      : missing > 0
        ? t('strength.missing', { count: missing })
        : rule.classes && !hasAllKinds(password)
          ? t('strength.kinds')
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
