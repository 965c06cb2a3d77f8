import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { foundDevices } from '../data/devices.ts';

type DeviceSelectProps = Omit<SelectProps, 'data' | 'value' | 'onChange'> & {
  value: string | null;
  onChange(deviceId: string | null): void;
};

const TYPING_MS = 150;

/** Chooses a device, which the server finds by what is typed: there may be thousands. */
export const DeviceSelect = ({ value, onChange, ...props }: DeviceSelectProps) => {
  const { t } = useTranslation('fleet');
  const [chosen, setChosen] = useState(value === null ? null : { value, label: value });
  const [typed, setTyped] = useState('');
  // The field holds the name of what was chosen, which nobody searches for.
  const [asked] = useDebouncedValue(typed === chosen?.label ? '' : typed.trim(), TYPING_MS);
  const { data, isFetching } = useQuery({ ...foundDevices(asked), placeholderData: keepPreviousData });
  const found = (data?.items ?? []).map(({ deviceId, name }) => ({
    value: deviceId,
    label: name === deviceId ? name : `${name} (${deviceId})`,
  }));
  const others = found.filter((option) => option.value !== chosen?.value);
  return (
    <Select
      placeholder={t('select.placeholder')}
      nothingFoundMessage={isFetching ? null : t('select.unknown')}
      searchable
      onSearchChange={setTyped}
      // The server has searched already, in more than the label.
      filter={({ options }) => options}
      data={chosen ? [chosen, ...others] : found}
      value={value}
      onChange={(next) => {
        setChosen(found.find((option) => option.value === next) ?? chosen);
        onChange(next);
      }}
      {...props}
    />
  );
};
