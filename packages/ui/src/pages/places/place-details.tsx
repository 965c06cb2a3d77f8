import { Select, TextInput } from '@mantine/core';
import type { Place } from '@muster/contract/places';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../api/error.ts';
import type { PlaceNode } from '../../data/place-tree.ts';
import form from '../../parts/form.module.css';

interface Details {
  timezone: string | null;
  labels: string;
  capacity: string;
  address: string;
}

/** What is known of a place beside its name and kind. */
export interface PlaceDetails {
  typed: Details;
  read: { timezone: string | null; labels: string[]; capacity: number | null; address: string | null };
}

const zones = Intl.supportedValuesOf('timeZone');
const SEPARATOR = ';';

const detailsOf = (place: Place | undefined): Details => ({
  timezone: place?.timezone ?? null,
  labels: place?.labels.join(`${SEPARATOR} `) ?? '',
  capacity: place?.capacity === undefined ? '' : String(place.capacity),
  address: place?.address ?? '',
});

export const useDetails = (place: Place | undefined) => useState(() => detailsOf(place));

/** What was typed, as far as it differs from what the place has. */
export const readDetails = (typed: Details, place: Place | undefined): Partial<PlaceDetails['read']> => {
  const before = detailsOf(place);
  const labels = [
    ...new Set(
      typed.labels
        .split(SEPARATOR)
        .map((label) => label.trim())
        .filter((label) => label !== ''),
    ),
  ];
  return {
    ...(typed.timezone === before.timezone ? {} : { timezone: typed.timezone }),
    ...(typed.labels === before.labels ? {} : { labels }),
    ...(typed.capacity === before.capacity ? {} : { capacity: typed.capacity === '' ? null : Number(typed.capacity) }),
    ...(typed.address === before.address ? {} : { address: typed.address.trim() || null }),
  };
};

interface PlaceDetailsFieldsProps {
  details: Details;
  onChange(details: Details): void;
  /** The place that it stands in: what is not said here holds from there. */
  above: PlaceNode | undefined;
  error: unknown;
}

/** Fields for what can be said later, with what holds where nothing is said. */
export const PlaceDetailsFields = ({ details, onChange, above, error }: PlaceDetailsFieldsProps) => {
  const { t } = useTranslation('places');
  const zone = above?.place.effective.timezone ?? 'UTC';
  const inherited = above?.place.effective.labels ?? [];
  const options = details.timezone === null || zones.includes(details.timezone) ? zones : [details.timezone, ...zones];
  return (
    <>
      <div className={form.pair}>
        <Select
          label={t('field.timezone')}
          placeholder={zone}
          description={details.timezone === null ? t('field.inherited', { value: zone }) : null}
          data={options}
          value={details.timezone}
          onChange={(timezone) => onChange({ ...details, timezone })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('field.inheritTimezone') }}
          limit={100}
          error={faultOf(error, '/timezone')}
        />
        <TextInput
          label={t('field.capacity')}
          value={details.capacity}
          onChange={({ currentTarget: { value } }) => onChange({ ...details, capacity: value.replace(/\D/g, '') })}
          inputMode="numeric"
          maxLength={7}
          autoComplete="off"
          error={faultOf(error, '/capacity')}
        />
      </div>
      <TextInput
        label={t('field.labels')}
        description={inherited.length > 0 ? t('field.inherited', { value: inherited.join(', ') }) : null}
        value={details.labels}
        onChange={({ currentTarget: { value } }) => onChange({ ...details, labels: value })}
        autoComplete="off"
        error={faultOf(error, '/labels')}
      />
      <TextInput
        label={t('field.address')}
        value={details.address}
        onChange={({ currentTarget: { value } }) => onChange({ ...details, address: value })}
        autoComplete="off"
        maxLength={500}
        error={faultOf(error, '/address')}
      />
    </>
  );
};
