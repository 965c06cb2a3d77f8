/** `bench-5 2026-11-21T14-06-02Z to 2026-11-21T15-06-02Z.csv`: sorted by time in any folder, allowed on any system. */
export const exportFileName = (deviceId: string, from: number, to: number, format: 'csv' | 'ndjson'): string => {
  const moment = (ts: number) => `${new Date(ts).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  return `${deviceId} ${moment(from)} to ${moment(to)}.${format}`;
};

/** Bytes as people read them, in powers of 1000. */
export const formatBytes = (bytes: number, language: string): string => {
  const steps = [
    [1e9, 'gigabyte'],
    [1e6, 'megabyte'],
    [1e3, 'kilobyte'],
  ] as const;
  const [size, unit] = steps.find(([atLeast]) => bytes >= atLeast) ?? [1, 'byte'];
  const unitDisplay = size === 1 ? 'long' : 'short';
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits: size === 1 ? 0 : 1 } as const;
  return new Intl.NumberFormat(language, options).format(bytes / size);
};
