import { routes } from '@muster/contract/routes';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { wordOf } from '../i18n/word.ts';

const none: readonly DeviceTypeView[] = [];

/** What kinds of device there are, with their names in the viewer's language. */
export const useDeviceTypes = () => {
  const { i18n } = useTranslation();
  const query = useQuery({
    queryKey: ['device-types'],
    queryFn: ({ signal }) => call(routes.devices.types, { signal }),
    staleTime: 5 * 60_000,
  });
  const types = query.data?.items ?? none;
  return useMemo(() => {
    const names = new Map(types.map((type) => [type.id, wordOf(type.titles, i18n.language) || type.title]));
    return {
      options: types.map((type) => ({ value: type.id, label: names.get(type.id) ?? type.id })),
      nameOf: (id: string): string => names.get(id) ?? id,
    };
  }, [types, i18n.language]);
};
