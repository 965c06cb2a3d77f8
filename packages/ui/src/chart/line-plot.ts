import uPlot from 'uplot';
import { align } from './align.ts';
import { intersect, type Stretch } from './gaps.ts';
import type { HistoryView } from './history.ts';
import { type LimitBand, limitBands, limitNames } from './limits.ts';
import type { Metric } from './metric.ts';
import { paintBands, paintGaps, paintHatch } from './painters.ts';
import { seriesColour, seriesDash } from './palette.ts';
import { axisLabels, createPlot, type Plot, type PlotFrame, type PlotSettings, type PlotSource } from './plot.ts';

export interface LineSettings extends PlotSettings {
  hidden: ReadonlySet<string>;
  /** The value axis follows the values instead of the measuring ranges. */
  fit: boolean;
  /** Whose limits are drawn. */
  limitsOf: Metric | null;
  /** What a stretch without data says. */
  noData: string;
  /** What it says at the present while nothing can come; null: nothing special. */
  noDataNow: string | null;
}

interface LineFrame extends PlotFrame {
  height: number;
  /** Short names of the limits: "HH", "H", "L", "LL". */
  limitLabels: Record<(typeof limitNames)[number], string>;
}

/** Widths of lines, CSS pixels. */
const LINE = 1.6;
const LINE_WITH_LIMITS = 2.6;

/** Starts a chart of numbers that share a unit, one line per metric. */
export const createLinePlot = (
  host: HTMLElement,
  frame: LineFrame,
  source: PlotSource,
  metrics: readonly Metric[],
  first: LineSettings,
): Plot<LineSettings> => {
  const { palette } = frame;
  let settings = first;
  let views: (HistoryView | null)[] = [];
  let isolated: number[][] = [];
  let common: Stretch[] = [];
  const shown = (metric: Metric) => !settings.hidden.has(metric.name);

  return createPlot(
    host,
    frame,
    source,
    {
      options: {
        height: frame.height,
        series: [
          {},
          ...metrics.map(
            (metric, index): uPlot.Series => ({
              label: metric.name,
              stroke: seriesColour(palette, index),
              width: LINE,
              dash: seriesDash(index),
              points: { size: 4, filter: (_u, at, show) => (show ? null : (isolated[at - 1] ?? null)) },
            }),
          ),
        ],
        yAxis: { space: 36, values: (_u, splits) => axisLabels(splits, frame.language) },
        yRange: (_u, low, high) => axisRange(metrics.filter(shown), settings.fit, low, high),
      },
      data: (window, next) => {
        settings = next;
        views = metrics.map((metric) => (shown(metric) ? source.view(metric.name, window) : null));
        const present = views.filter((view) => view !== null);
        common =
          present.length > 0 ? (present.map((view) => view.gaps).reduce((a, b) => intersect(a, b)) as Stretch[]) : [];
        const [times, ...values] = align(views.map((view) => view ?? { samples: [], gaps: [], bad: [] }));
        isolated = values.map(alone);
        // An empty axis would not be drawn at all.
        if (times.length === 0) return [[window.from, window.to], ...values.map(() => [null, null])];
        return [times, ...values];
      },
      reach: (series) => views[series - 1]?.reach ?? 0,
      paintUnder: (u) => {
        for (const [index, metric] of metrics.entries()) {
          const series = u.series[index + 1];
          // Limits hold for one line only, and a line among others has to be told apart.
          if (series) series.width = metrics.length > 1 && metric === settings.limitsOf ? LINE_WITH_LIMITS : LINE;
        }
        paintBands(u, palette, namedBands(u, frame, metrics, settings));
      },
      paintOver: (u) => {
        paintGaps(u, palette, common, { past: settings.noData, now: settings.noDataNow });
        for (const [index, view] of views.entries()) {
          if (view) paintHatch(u, seriesColour(palette, index), view.bad);
        }
      },
    },
    first,
  );
};

const namedBands = (
  u: uPlot,
  frame: LineFrame,
  metrics: readonly Metric[],
  { limitsOf, hidden }: LineSettings,
): (LimitBand & { label: string })[] => {
  const { min, max } = u.scales.y ?? {};
  if (!limitsOf || hidden.has(limitsOf.name) || min === undefined || max === undefined) return [];
  const { limits, range } = limitsOf;
  const named = limitNames.filter((name) => limits?.[name] !== undefined);
  const whose = metrics.length > 1 ? `${limitsOf.title} ` : '';
  // Another line may need a longer axis: there, these limits say nothing.
  const [low, high] = range ? [Math.max(min, range[0]), Math.min(max, range[1])] : [min, max];
  return limitBands(limits, low, high).map((band) => {
    const name = named.find((each) => limits?.[each] === (each.startsWith('high') ? band.from : band.to));
    return { ...band, label: name ? whose + frame.limitLabels[name] : '' };
  });
};

/** A measuring range as wide as this is a counter's: its values would lie flat on the axis. */
const COUNTER_SPAN = 1_000_000;

/** The ends of the value axis: the measuring ranges together, or what the values need. */
const axisRange = (
  metrics: readonly Metric[],
  fit: boolean,
  low: number | null,
  high: number | null,
): [number, number] => {
  const ranges = metrics.flatMap((metric) => metric.range ?? []);
  const lowest = Math.min(...ranges);
  const highest = Math.max(...ranges);
  if (low === null || high === null) return highest > lowest ? [lowest, highest] : [0, 1];
  const usable = highest > lowest && highest - lowest < COUNTER_SPAN;
  if (!fit && usable && low >= lowest && high <= highest) return [lowest, highest];
  const [min, max] = uPlot.rangeNum(low, high, 0.1, true);
  return [min ?? low, max ?? high];
};

/** Places in a series whose neighbours are both missing: a line cannot show them, a dot can. */
const alone = (values: readonly (number | null | undefined)[]): number[] => {
  const found: number[] = [];
  let before: number | null = null;
  let candidate = -1;
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (value === null) {
      if (candidate >= 0) found.push(candidate);
      candidate = -1;
    } else candidate = before === null ? index : -1;
    before = value;
  }
  if (candidate >= 0) found.push(candidate);
  return found;
};
