import { useTranslation } from 'react-i18next';
import { Brand } from '../shell/brand.tsx';
import classes from './waiting.module.css';

/** What is there before it is known who sits in front of the screen. */
export const Waiting = ({ unreachable }: { unreachable: boolean }) => {
  const { t } = useTranslation('shell');
  return (
    <main className={classes.page}>
      <Brand />
      {unreachable ? (
        <div role="status" className={classes.words}>
          <h1>{t('unreachable.title')}</h1>
          <p>{t('unreachable.text')}</p>
        </div>
      ) : null}
    </main>
  );
};
