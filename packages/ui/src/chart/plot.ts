import uPlot from 'uplot';
import type { Cursor } from './cursor.ts';
import { decimalsOfStep } from './format-number.ts';
import type { HistoryView } from './history.ts';
import { clusterMarks, type Mark, type MarkCluster } from './marks.ts';
import { paintMarks } from './painters.ts';
import type { Palette } from './palette.ts';
import { type FixedRange, type Range, windowOf } from './range.ts';
import { tickLabel, timeTicks } from './time-ticks.ts';

/** Where a plot takes its values from. */
export interface PlotSource {
  /** Grows with every change. */
  version(): number;
  /** The present as the server counts it, ms: where a range that follows it ends. */
  now(): number;
  view(metric: string, window: FixedRange): HistoryView | null;
}

/** What may change while a plot lives. */
export interface PlotSettings {
  range: Range;
  /** By time. */
  marks: readonly Mark[];
}

/** What a plot is made with; a change of it needs a new one. */
export interface PlotFrame {
  palette: Palette;
  language: string;
  /** IANA name of the zone of the clock. */
  zone: string;
  /** Plots with the same key share their cursor. */
  syncKey: string;
  cursor: Cursor;
  onZoom(range: FixedRange): void;
  onReset(): void;
  /** The marks under the pointer, with their place in CSS pixels; null: none. */
  onMark(cluster: MarkCluster | null): void;
}

export interface Plot<Settings extends PlotSettings> {
  set(settings: Settings): void;
  /** Draws when there is something new to see. */
  draw(): void;
  resize(width: number): void;
  destroy(): void;
}

/** The part of a plot that differs between lines and states. */
export interface PlotBody<Settings extends PlotSettings> {
  options: Pick<uPlot.Options, 'series' | 'height'> & { yAxis: uPlot.Axis; yRange: uPlot.Scale.Range };
  /** How far a value of a series speaks for the moments around it, ms: no dot under the cursor beyond it. */
  reach?(series: number): number;
  /** What is to be drawn for a window. */
  data(window: FixedRange, settings: Settings): uPlot.AlignedData;
  paintUnder?(u: uPlot): void;
  paintOver?(u: uPlot): void;
}

/** Width of the value axis in CSS pixels: the same for all, so that moments lie below each other. */
export const AXIS_WIDTH = 52;
/** What is kept free at the right of a plot, CSS pixels. */
const EDGE = 8;
const FONT = '11px "Inter Variable", sans-serif';
const TICK_SPACE = 84;
const MARK_DISTANCE = 24;
/** How near the pointer must come to a mark, CSS pixels. */
const MARK_REACH = 7;

/** Starts a plot over time in `host`. It draws nothing by itself: `draw` is called once per frame. */
export const createPlot = <Settings extends PlotSettings>(
  host: HTMLElement,
  frame: PlotFrame,
  source: PlotSource,
  body: PlotBody<Settings>,
  first: Settings,
): Plot<Settings> => {
  let settings = first;
  let dirty = true;
  let drawnVersion = -1;
  let drawn: FixedRange = { from: 0, to: 0 };
  let hovered = false;
  let clusters: MarkCluster[] = [];
  const { palette, language, zone, cursor } = frame;
  const axis = { stroke: palette.text, font: FONT, ticks: { show: false } };

  const point = (u: uPlot) => {
    const left = u.cursor.left ?? -1;
    if (!hovered) return;
    cursor.set(left < 0 ? null : Math.round(u.posToVal(left, 'x')));
    frame.onMark(left < 0 ? null : (clusters.find(({ x }) => Math.abs(x - left) <= MARK_REACH) ?? null));
  };

  const u = new uPlot(
    {
      width: Math.max(160, host.clientWidth),
      height: body.options.height,
      ms: 1,
      series: body.options.series,
      legend: { show: false },
      padding: [8, EDGE, 0, 0],
      scales: { x: { time: false, range: (_u, min, max) => [min, max] }, y: { range: body.options.yRange } },
      axes: [
        {
          ...axis,
          size: 28,
          gap: 6,
          grid: { show: false },
          splits: (self, _axis, min, max) =>
            timeTicks(min, max, self.bbox.width / uPlot.pxRatio / TICK_SPACE, zone).ticks,
          values: (self, splits) => labelsOf(self, splits, language, zone),
        },
        { ...axis, size: AXIS_WIDTH, gap: 8, grid: { stroke: palette.grid, width: 1 }, ...body.options.yAxis },
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 6 },
        points: { size: 7, width: 1 },
        dataIdx: (self, series, closest, time) => spokenFor(self, series, closest, time, body.reach?.(series) ?? 0),
        sync: {
          key: frame.syncKey,
          scales: ['x', null],
          setSeries: false,
          filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
        },
        bind: {
          dblclick: () => () => {
            frame.onReset();
            return null;
          },
        },
      },
      hooks: {
        drawClear: [(self) => body.paintUnder?.(self)],
        draw: [
          (self) => {
            body.paintOver?.(self);
            clusters = clusterMarks(
              settings.marks,
              drawn.from,
              drawn.to,
              (ts) => self.valToPos(ts, 'x'),
              MARK_DISTANCE,
            );
            paintMarks(self, palette, clusters);
            point(self);
          },
        ],
        setCursor: [point],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 6) return;
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            frame.onZoom({ from: self.posToVal(left, 'x'), to: self.posToVal(left + width, 'x') });
          },
        ],
      },
    },
    body.data(windowOf(settings.range, source.now()), settings),
    host,
  );

  const enter = () => {
    hovered = true;
  };
  const leave = () => {
    hovered = false;
    cursor.set(null);
    frame.onMark(null);
  };
  u.over.addEventListener('mouseenter', enter);
  u.over.addEventListener('mouseleave', leave);

  return {
    set: (next) => {
      settings = next;
      dirty = true;
    },
    draw: () => {
      const window = windowOf(settings.range, source.now());
      const pixel = (window.to - window.from) / Math.max(1, u.over.clientWidth);
      const moved = Math.abs(window.to - drawn.to) >= pixel || Math.abs(window.from - drawn.from) >= pixel;
      const version = source.version();
      if (!dirty && !moved && version === drawnVersion) return;
      dirty = false;
      drawnVersion = version;
      drawn = window;
      u.batch(() => {
        u.setData(body.data(window, settings), false);
        u.setScale('x', { min: window.from, max: window.to });
      });
    },
    resize: (width) => {
      u.setSize({ width: Math.max(160, width), height: body.options.height });
      dirty = true;
    },
    destroy: () => {
      if (hovered) leave();
      u.destroy();
    },
  };
};

/** The place of the value that speaks for a moment; null: none does. */
const spokenFor = (u: uPlot, series: number, closest: number, time: number, reach: number): number | null => {
  const times = u.data[0];
  const values = u.data[series];
  if (!values || series === 0) return closest;
  let best: number | null = null;
  let least = reach;
  for (const step of [-1, 1]) {
    let at = closest;
    while (values[at] === undefined && at >= 0 && at < values.length) at += step;
    const away = Math.abs((times[at] ?? Number.POSITIVE_INFINITY) - time);
    if (values[at] === null || values[at] === undefined || away > least) continue;
    best = at;
    least = away;
  }
  return best;
};

/** A label that would be cut off at the right edge is left out. */
const labelsOf = (u: uPlot, splits: readonly number[], language: string, zone: string): (string | null)[] => {
  const step = splits.length > 1 ? (splits[1] ?? 0) - (splits[0] ?? 0) : 60_000;
  const end = u.bbox.width / uPlot.pxRatio + EDGE;
  u.ctx.save();
  u.ctx.font = FONT;
  const labels = splits.map((ts) => {
    const label = tickLabel(ts, step, language, zone);
    return u.valToPos(ts, 'x') + u.ctx.measureText(label).width / 2 > end ? null : label;
  });
  u.ctx.restore();
  return labels;
};

/** Numbers of a value axis: as many decimals as its step needs, large ones shortened. */
export const axisLabels = (splits: readonly number[], language: string): string[] => {
  const step = splits.length > 1 ? Math.abs((splits[1] ?? 0) - (splits[0] ?? 0)) : 1;
  const largest = Math.max(...splits.map(Math.abs));
  const digits = decimalsOfStep(step);
  const format = new Intl.NumberFormat(
    language,
    largest >= 100_000
      ? { notation: 'compact', maximumFractionDigits: 2 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits },
  );
  return splits.map((value) => format.format(value));
};
