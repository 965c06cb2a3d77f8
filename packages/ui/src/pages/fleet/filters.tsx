import { Select } from '@mantine/core';
import { deviceOrders, deviceStatuses } from '@muster/contract/devices';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDeviceTypes } from '../../data/device-types.ts';
import { deviceFacets } from '../../data/devices.ts';
import { SearchField } from '../../parts/search-field.tsx';
import classes from './filters.module.css';
import type { FleetSearch } from './search.ts';

const ALL = 'all';

interface FiltersProps {
  search: FleetSearch;
  onSearch(next: Partial<FleetSearch>): void;
}

/** What the list is limited to, beside the place. */
export const Filters = ({ search, onSearch }: FiltersProps) => {
  const { t } = useTranslation('fleet');
  const states = useTranslation('state').t;
  const types = useDeviceTypes();
  const { data } = useQuery(deviceFacets);
  const facets = [
    { name: 'label', values: data?.labels ?? [] },
    { name: 'role', values: data?.roles ?? [] },
    { name: 'firmware', values: data?.firmwareVersions ?? [] },
  ] as const;

  return (
    <search className={classes.filters}>
      <SearchField
        className={classes.search}
        q={search.q}
        onSearch={(q) => onSearch({ q })}
        label={t('filter.search')}
      />
      <Select
        className={classes.select ?? ''}
        aria-label={t('column.status')}
        data={[
          { value: ALL, label: t('filter.allStates') },
          ...deviceStatuses.map((status) => ({ value: status, label: states(status) })),
        ]}
        value={search.status ?? ALL}
        onChange={(value) => onSearch({ status: deviceStatuses.find((status) => status === value) })}
      />
      <Select
        className={classes.select ?? ''}
        aria-label={t('column.type')}
        data={[{ value: ALL, label: t('filter.allTypes') }, ...types.options]}
        value={search.type ?? ALL}
        onChange={(value) => onSearch({ type: value === ALL || value === null ? undefined : value })}
        comboboxProps={{ width: 260, position: 'bottom-start' }}
      />
      {facets.map(({ name, values }) =>
        values.length === 0 && search[name] === undefined ? null : (
          <Select
            key={name}
            className={classes.select ?? ''}
            aria-label={t(`filter.${name}`)}
            data={[
              { value: '', label: t(`filter.any.${name}`) },
              ...[...new Set([...values, ...(search[name] === undefined ? [] : [search[name]])])].map((value) => ({
                value,
                label: value,
              })),
            ]}
            value={search[name] ?? ''}
            onChange={(value) => onSearch({ [name]: value || undefined })}
            comboboxProps={{ width: 220, position: 'bottom-start' }}
            searchable
            allowDeselect={false}
          />
        ),
      )}
      <Select
        className={classes.select ?? ''}
        aria-label={t('sort.label')}
        data={deviceOrders.map((order) => ({ value: order, label: t(`sort.${order}`) }))}
        value={search.sort ?? 'name'}
        onChange={(value) => onSearch({ sort: deviceOrders.find((order) => order === value && order !== 'name') })}
        allowDeselect={false}
        comboboxProps={{ width: 240, position: 'bottom-start' }}
      />
    </search>
  );
};
