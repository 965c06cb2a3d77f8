import type { PasswordRule } from '@muster/contract/schema';
import { useTranslation } from 'react-i18next';
import { hasAllKinds, lengthOf, strengthOf } from './password.ts';
import classes from './password-strength.module.css';

interface PasswordStrengthProps {
  id: string;
  password: string;
  /** null: nobody knows yet whose it will be. */
  rule: PasswordRule | null;
  /** The field says already what is wrong with it. */
  isRefused?: boolean;
}

/** Says what a password must be, and what this one lacks. */
export const PasswordStrength = ({ id, password, rule, isRefused = false }: PasswordStrengthProps) => {
  const { t } = useTranslation('setup');
  const strength = rule ? strengthOf(password, rule) : 0;
  const shown = isRefused ? Math.min(strength, 1) : strength;
  const words = (): string => {
    if (isRefused) return '';
    if (!rule) return t('strength.any');
    const missing = rule.least - lengthOf(password);
    if (strength === 0) return t(rule.classes ? 'strength.ruleClasses' : 'strength.rule', { count: rule.least });
    if (missing > 0) return t('strength.missing', { count: missing });
    if (rule.classes && !hasAllKinds(password)) return t('strength.kinds');
    return t(strength === 3 ? 'strength.enough' : 'strength.variety');
  };
  return (
    <div className={classes.strength}>
      {rule ? (
        <div className={classes.bars} aria-hidden="true">
          {[1, 2, 3].map((step) => (
            <span key={step} data-on={shown >= step} />
          ))}
        </div>
      ) : null}
      <span id={id} className={classes.words} aria-live="polite">
        {words()}
      </span>
    </div>
  );
};
