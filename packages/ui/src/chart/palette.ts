/** Colours of a canvas, read from the theme's custom properties where the canvas stands. */
export interface Palette {
  grid: string;
  dash: string;
  text: string;
  strong: string;
  surface: string;
  band: string;
  bandCritical: string;
  series: readonly string[];
}

/** Reads the colours that hold for an element; they change with the colour scheme. */
export const readPalette = (element: HTMLElement): Palette => {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    grid: token('--border'),
    dash: token('--border-strong'),
    text: token('--muted'),
    strong: token('--text'),
    surface: token('--surface'),
    band: token('--band'),
    bandCritical: token('--band-crit'),
    series: ['--s1', '--s2', '--s3', '--s4', '--s5', '--s6'].map(token),
  };
};

const COLOURS = 6;
const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3]];

/** The custom property with the colour of a chart's nth series. */
export const seriesToken = (index: number): string => `var(--s${(index % COLOURS) + 1})`;

/** The colour of a chart's nth series; colours repeat from the seventh on, then dashed. */
export const seriesColour = (palette: Palette, index: number): string =>
  palette.series[index % COLOURS] ?? palette.text;

/** The dashes that tell a repeated colour apart, in pixels. */
export const seriesDash = (index: number): number[] => [...(dashes[Math.floor(index / COLOURS) % dashes.length] ?? [])];
