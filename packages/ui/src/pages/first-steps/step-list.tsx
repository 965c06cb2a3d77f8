import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { StepName } from './search.ts';
import classes from './step-list.module.css';
import type { Step } from './use-steps.ts';

/** All steps in their order: which is shown, which are done. Each can be opened at any time. */
export const StepList = ({ steps, shown }: { steps: readonly Step[]; shown: StepName }) => {
  const { t } = useTranslation('firstSteps');
  return (
    <nav aria-label={t('list')}>
      <ol className={classes.list}>
        {steps.map(({ name, isDone }, index) => (
          <li key={name}>
            <Link
              to="/first-steps"
              search={(before) => ({ ...before, step: name })}
              className={classes.step}
              aria-current={name === shown ? 'step' : undefined}
            >
              <span className={classes.number} data-done={isDone} aria-hidden="true">
                {isDone ? <Tick /> : index + 1}
              </span>
              <span className={classes.name}>{t(`${name}.name`)}</span>
              {isDone ? <span className={classes.word}>{t('isDone')}</span> : null}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
};

const Tick = () => (
  <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
    <path d="M2 6.5 5 9.5 10 3" fill="none" stroke="currentColor" strokeWidth="1.75" />
  </svg>
);
