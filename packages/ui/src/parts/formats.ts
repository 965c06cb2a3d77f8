import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

type Maybe = number | null | undefined;

interface Formats {
  /** A number with the language's separators, at most one digit after the point below 100; null when there is none. */
  number(value: Maybe): string | null;
  /** A size in decimal units: `4.2 GB`; null when there is none. */
  bytes(value: Maybe): string | null;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Numbers as the viewer's language writes them. */
export const useFormats = (): Formats => {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const whole = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0, useGrouping: 'always' });
    const fine = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
    return {
      number: (value) => (value == null ? null : (Math.abs(value) >= 100 ? whole : fine).format(value)),
      bytes(value) {
        if (value == null) return null;
        const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
        const amount = value / 1000 ** step;
        return new Intl.NumberFormat(i18n.language, {
          style: 'unit',
          unit: units[step] ?? 'byte',
          maximumFractionDigits: amount < 10 && step > 0 ? 1 : 0,
        }).format(amount);
      },
    };
  }, [i18n.language]);
};
