import { Select } from '@mantine/core';
import { deviceStatuses } from '@muster/contract/devices';
import { useTranslation } from 'react-i18next';
import { useDeviceTypes } from '../../data/device-types.ts';
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
    </search>
  );
};
