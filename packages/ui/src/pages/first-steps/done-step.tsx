import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Card } from '../../parts/page.tsx';
import classes from './first-steps-page.module.css';
import type { Step } from './use-steps.ts';

/** What was done, and where to find later what was not. */
export const DoneStep = ({ steps }: { steps: readonly Step[] }) => {
  const { t } = useTranslation('firstSteps');
  const open = steps.filter(({ name, isDone }) => name !== 'done' && !isDone);
  return (
    <Card title={t(open.length === 0 ? 'done.all' : 'done.some')}>
      {open.length === 0 ? <p>{t('done.allText')}</p> : null}
      <ul className={classes.items}>
        {open.map(({ name }) => (
          <li key={name}>
            <Link to="/first-steps" search={(before) => ({ ...before, step: name })} className={classes.go}>
              {t(`${name}.name`)}
            </Link>{' '}
            <span className={classes.quiet}>{t(`${name}.later`)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
};
