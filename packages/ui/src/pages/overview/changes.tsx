import { Skeleton } from '@mantine/core';
import type { Overview } from '@muster/contract/system';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Card } from '../../parts/page.tsx';
import table from '../../parts/table.module.css';
import { StateMark, type Status, stateOf } from '../../theme/state-mark.tsx';
import { Age } from '../../time/age.tsx';

/** What changed in the last hour, newest first. */
export const Changes = ({ changes }: { changes: Overview['changes'] | undefined }) => {
  const { t } = useTranslation('overview');
  return (
    <Card title={t('changes.title')} note={changes && changes.length > 0 ? t('changes.order') : null}>
      {!changes ? (
        <Skeleton height={160} radius="md" />
      ) : changes.length === 0 ? (
        <p className={table.empty}>{t('changes.none')}</p>
      ) : (
        <div className={table.scroller}>
          <table className={table.table}>
            <thead>
              <tr>
                <th>{t('changes.device')}</th>
                <th>{t('changes.to')}</th>
                <th className={table.wide}>{t('changes.reason')}</th>
                <th className={table.number}>{t('changes.when')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ deviceId, name, ts, to, reason }) => (
                <tr key={`${deviceId} ${ts} ${to}`}>
                  <td>
                    <Link to="/devices/$deviceId" params={{ deviceId }}>
                      {name}
                    </Link>
                  </td>
                  <td>
                    <StateMark status={stateOf(to) as Status} />
                  </td>
                  <td className={`${table.wide} ${table.quiet}`}>{t(`reason.${reason}`, { defaultValue: reason })}</td>
                  <td className={table.number}>
                    <Age ts={Date.parse(ts)} ago />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
};
