import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SearchField } from '../../parts/search-field.tsx';
import classes from './audit.module.css';
import { type AuditSearch, areas, type ChangeAuditSearch } from './search.ts';

const ALL = 'all';

/** What the list is limited to. */
export const Filters = ({ search, onSearch }: { search: AuditSearch; onSearch: ChangeAuditSearch }) => {
  const { t } = useTranslation('audit');
  // A phone has room for them when they are asked for, or hold something.
  const [isOpen, setOpen] = useState(() => Boolean(search.area ?? search.result ?? search.from ?? search.to));
  return (
    <search className={classes.filters}>
      <SearchField
        className={classes.search}
        q={search.q}
        onSearch={(q) => onSearch({ q })}
        label={t('filter.search')}
      />
      <Button className={classes.fold ?? ''} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t('filter.do')}
      </Button>
      <div className={classes.folded} data-open={isOpen}>
        <Select
          className={classes.select ?? ''}
          aria-label={t('filter.area')}
          data={[
            { value: ALL, label: t('filter.allAreas') },
            ...areas.map((area) => ({ value: area, label: t(`area.${area}`) })),
          ]}
          value={search.area ?? ALL}
          onChange={(value) => onSearch({ area: areas.find((area) => area === value) })}
          comboboxProps={{ width: 220, position: 'bottom-start' }}
        />
        <Select
          className={classes.select ?? ''}
          aria-label={t('column.result')}
          data={[
            { value: ALL, label: t('filter.allResults') },
            { value: 'done', label: t('result.done') },
            { value: 'refused', label: t('result.refused') },
          ]}
          value={search.result ?? ALL}
          onChange={(value) => onSearch({ result: value === 'done' || value === 'refused' ? value : undefined })}
        />
        <TextInput
          className={classes.day ?? ''}
          type="date"
          aria-label={t('filter.from')}
          leftSection={<span aria-hidden="true">{t('filter.fromShort')}</span>}
          leftSectionWidth={52}
          value={search.from ?? ''}
          max={search.to}
          onChange={(event) => onSearch({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          className={classes.day ?? ''}
          type="date"
          aria-label={t('filter.to')}
          leftSection={<span aria-hidden="true">{t('filter.toShort')}</span>}
          leftSectionWidth={52}
          value={search.to ?? ''}
          min={search.from}
          onChange={(event) => onSearch({ to: event.currentTarget.value || undefined })}
        />
      </div>
      {search.actor ? <Button onClick={() => onSearch({ actor: undefined })}>{t('filter.anybody')}</Button> : null}
      {search.object ? <Button onClick={() => onSearch({ object: undefined })}>{t('filter.anything')}</Button> : null}
    </search>
  );
};
