import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { personPermissions } from '../../../data/people.ts';
import { usePermissionGroups } from '../../../data/permissions.ts';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card } from '../../../parts/page.tsx';
import classes from './people.module.css';
import { useWhere } from './use-where.ts';

interface Held {
  permission: string;
  everywhere: boolean;
  placeIds: readonly string[];
  deviceIds: readonly string[];
}

/** What follows from all roles of a person together, and where. */
export const EffectiveCard = ({ id }: { id: string }) => {
  const { t } = useTranslation('people');
  const { data, error, refetch } = useQuery(personPermissions(id));
  const { group } = usePermissionGroups();
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  const groups = group<Held>(data?.items ?? [], ({ permission }) => permission);
  return (
    <Card title={t('effective.title')}>
      {data ? null : <Skeleton height={160} />}
      {data?.items.length === 0 ? <p className={classes.quiet}>{t('effective.none')}</p> : null}
      {groups.map(({ id: groupId, title, items }) => (
        <div key={groupId} className={classes.group}>
          <h3>{title}</h3>
          <ul>
            {items.map(({ item, title: words }) => (
              <li key={item.permission}>
                <span>{words}</span>
                <Where held={item} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Card>
  );
};

/** Nothing where it holds everywhere; else the uppermost places, for all below them are meant, and the devices. */
const Where = ({ held: { everywhere, placeIds, deviceIds } }: { held: Held }) => {
  const { t } = useTranslation('people');
  const { placeName, isBelow } = useWhere();
  if (everywhere) return null;
  const tops = placeIds.filter((id) => !placeIds.some((other) => other !== id && isBelow(id, other)));
  const names = [...tops.map(placeName), ...deviceIds];
  return <span className={classes.quiet}>{t('effective.only', { names: names.join(', ') })}</span>;
};
