import { Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';
import { OrganizationForm } from './organization-form.tsx';

/** Name and retention of the organization. */
export const OrganizationCard = ({ id }: { id: string }) => {
  const { t } = useTranslation('administration');
  const { data, error, refetch } = useQuery({
    queryKey: ['organization', id],
    queryFn: ({ signal }) => call(routes.identity.organization, { params: { id }, signal }),
  });
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  return (
    <Card title={t('organization.title')} note={data ? t('organization.slug', { slug: data.slug }) : null}>
      {data ? <OrganizationForm organization={data} /> : <Skeleton height={240} />}
    </Card>
  );
};
