import type uPlot from 'uplot';
import type { HistoryView } from './history.ts';
import type { Metric } from './metric.ts';
import { hatch, paintHatch, scaleOf } from './painters.ts';
import type { Palette } from './palette.ts';
import { seriesColour } from './palette.ts';
import { createPlot, type Plot, type PlotFrame, type PlotSettings, type PlotSource } from './plot.ts';

/** Height of one metric's strip with its title, CSS pixels. */
const STRIP_HEIGHT = 44;
/** Height of the time axis with the space above the first strip, CSS pixels. */
const FRAME_HEIGHT = 36;

interface StateFrame extends PlotFrame {
  /** How a boolean or a text reads. */
  wording(value: boolean | string): string;
}

/** Starts a chart of booleans and texts: a strip per metric, a run per value. */
export const createStatePlot = (
  host: HTMLElement,
  frame: StateFrame,
  source: PlotSource,
  metrics: readonly Metric[],
  first: PlotSettings,
): Plot<PlotSettings> => {
  let views: (HistoryView | null)[] = [];
  return createPlot(
    host,
    frame,
    source,
    {
      options: {
        height: metrics.length * STRIP_HEIGHT + FRAME_HEIGHT,
        series: [{}, { show: false }],
        yAxis: { values: (_u, splits) => splits.map(() => ''), grid: { show: false } },
        yRange: [0, 1],
      },
      data: (window) => {
        views = metrics.map((metric) => source.view(metric.name, window));
        return [
          [window.from, window.to],
          [null, null],
        ];
      },
      paintOver: (u) => {
        for (const [index, metric] of metrics.entries()) paintStrip(u, frame, metric, views[index] ?? null, index);
        for (const view of views) if (view) paintHatch(u, frame.palette.text, view.bad);
      },
    },
    first,
  );
};

const paintStrip = (u: uPlot, frame: StateFrame, metric: Metric, view: HistoryView | null, row: number): void => {
  const { ctx, bbox } = u;
  const { palette } = frame;
  const pixel = scaleOf(u);
  const top = bbox.top + row * STRIP_HEIGHT * pixel;
  const bar = { top: top + 20 * pixel, height: 18 * pixel };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, top, bbox.width, STRIP_HEIGHT * pixel);
  ctx.clip();
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.font = `500 ${Math.round(11 * pixel)}px "Inter Variable", sans-serif`;
  ctx.fillStyle = palette.text;
  ctx.fillText(metric.title, bbox.left, top + 10 * pixel);
  ctx.strokeStyle = palette.grid;
  ctx.lineWidth = pixel;
  ctx.strokeRect(bbox.left + pixel / 2, bar.top + pixel / 2, bbox.width - pixel, bar.height - pixel);
  const words = [...new Set(view?.runs.map((run) => run.value))].filter((value) => typeof value === 'string').sort();
  for (const { from, to, value } of view?.runs ?? []) {
    const x = Math.max(bbox.left, u.valToPos(from, 'x', true));
    const width = Math.max(2 * pixel, u.valToPos(to, 'x', true) - x);
    if (x > bbox.left + bbox.width || x + width < bbox.left) continue;
    paintRun(ctx, palette, value, words, { x, width, ...bar });
    if (value === null) continue;
    ctx.globalAlpha = 1;
    ctx.fillStyle = palette.strong;
    const text = frame.wording(value);
    const visible = Math.min(x + width, bbox.left + bbox.width) - x;
    if (ctx.measureText(text).width + 12 * pixel < visible)
      ctx.fillText(text, x + 6 * pixel, bar.top + bar.height / 2 + pixel);
  }
  ctx.restore();
};

interface Box {
  x: number;
  top: number;
  width: number;
  height: number;
}

/** True is filled, false is empty, a text has the tint of its place among the texts, too many changes are hatched. */
const paintRun = (
  ctx: CanvasRenderingContext2D,
  palette: Palette,
  value: boolean | string | null,
  words: readonly (boolean | string | null)[],
  { x, top, width, height }: Box,
): void => {
  ctx.globalAlpha = 1;
  if (value === null) ctx.fillStyle = hatch(ctx, palette.text, height / 18) ?? palette.dash;
  else if (typeof value === 'string') {
    ctx.fillStyle = seriesColour(palette, words.indexOf(value));
    ctx.globalAlpha = 0.4;
  } else {
    ctx.fillStyle = value ? palette.dash : palette.surface;
  }
  ctx.fillRect(x, top, width, height);
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.dash;
  ctx.fillRect(x, top, Math.min(width, height / 18), height);
  if (value === false) {
    ctx.fillRect(x, top, width, height / 18);
    ctx.fillRect(x, top + height - height / 18, width, height / 18);
  }
};
