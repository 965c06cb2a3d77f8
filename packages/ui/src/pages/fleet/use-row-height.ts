import { useMediaQuery } from '@mantine/hooks';

/** Height of a row in px; the same figures are in device-table.module.css. */
export const useRowHeight = (): number => {
  const isNarrow = useMediaQuery('(max-width: 639px)', undefined, { getInitialValueInEffect: false });
  return isNarrow ? 60 : 40;
};
