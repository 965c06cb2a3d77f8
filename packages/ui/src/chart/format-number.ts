const formats = new Map<string, Intl.NumberFormat>();

const format = (language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = `${language} ${options.notation} ${options.minimumFractionDigits} ${options.maximumFractionDigits}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(language, options);
  formats.set(key, made);
  return made;
};

const digitsFor = (size: number): number => {
  if (size >= 1000) return 1;
  return size >= 0.1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size)));
};

/**
 * A measured number as people read it in `language`.
 * @param decimals digits after the decimal point as the device type says; null: whole numbers as they are, others to about three digits
 */
export const formatNumber = (value: number, decimals: number | null, language: string): string => {
  const size = Math.abs(value);
  if (decimals === null && size !== 0 && (size >= 1e9 || size < 1e-4)) {
    return format(language, { notation: 'scientific', minimumFractionDigits: 0, maximumFractionDigits: 3 }).format(
      value,
    );
  }
  const maximumFractionDigits = decimals ?? (Number.isInteger(value) ? 0 : digitsFor(size));
  const text = format(language, {
    notation: 'standard',
    // A number whose digits come and go cannot be read while it changes.
    minimumFractionDigits: maximumFractionDigits,
    maximumFractionDigits,
  }).format(value);
  // A small negative reading rounds to "-0", which reads like a fault.
  return /^-0(?:[.,]0*)?$/.test(text) ? text.slice(1) : text;
};

const MOST_DECIMALS = 10;

/** Digits after the decimal point that the marks of an axis need: 0.25 needs two, though one would tell them apart. */
export const decimalsOfStep = (step: number): number => {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return MOST_DECIMALS;
};
