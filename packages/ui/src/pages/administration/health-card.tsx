import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';
import { StateMark } from '../../theme/state-mark.tsx';
import classes from './administration-page.module.css';

const REFRESH_MS = 5000;

/** The parts of the installation, each with its state. */
export const HealthCard = () => {
  const { t } = useTranslation('administration');
  const { data, error, refetch } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => call(routes.system.health, { signal }),
    refetchInterval: REFRESH_MS,
  });
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  return (
    <Card title={t('health.title')}>
      {Object.entries(data?.components ?? {}).map(([name, { status, detail }]) => (
        <div key={name} className={classes.component}>
          <h3>{t(`component.${name}`, { defaultValue: name })}</h3>
          {status === 'up' || status === 'off' ? null : (
            <StateMark severity={status === 'down' ? 'critical' : 'warning'}>
              {t(`health.${status}`, { defaultValue: status })}
            </StateMark>
          )}
          {/* What is wrong only the server knows, in its words. */}
          <p>
            {status === 'up'
              ? `${t('health.up')} ${t(`up.${name}`, { defaultValue: detail })}`
              : t(`${status}.${name}`, { defaultValue: detail })}
          </p>
        </div>
      ))}
    </Card>
  );
};
