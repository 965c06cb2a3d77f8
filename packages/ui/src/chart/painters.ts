import type uPlot from 'uplot';
import type { Stretch } from './gaps.ts';
import type { LimitBand } from './limits.ts';
import type { MarkCluster } from './marks.ts';
import type { Palette } from './palette.ts';

/** Canvas pixels per CSS pixel where a plot is drawn. */
export const scaleOf = (u: uPlot): number => u.ctx.canvas.width / Math.max(1, u.width);

const font = (u: uPlot, weight = 400): string =>
  `${weight} ${Math.round(11 * scaleOf(u))}px "Inter Variable", sans-serif`;

const clipped = (u: uPlot, paint: (ctx: CanvasRenderingContext2D) => void) => {
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  paint(u.ctx);
  u.ctx.restore();
};

/** Limits of a metric as stretches of the background, each with its short name at the left edge, away from the newest values. */
export const paintBands = (u: uPlot, palette: Palette, bands: readonly (LimitBand & { label: string })[]): void =>
  clipped(u, (ctx) => {
    const { left, width } = u.bbox;
    const pixel = scaleOf(u);
    ctx.font = font(u);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    for (const { from, to, severity, label } of bands) {
      const top = u.valToPos(to, 'y', true);
      const height = u.valToPos(from, 'y', true) - top;
      ctx.fillStyle = severity === 'critical' ? palette.bandCritical : palette.band;
      ctx.fillRect(left, top, width, height);
      if (height < 13 * pixel) continue;
      ctx.fillStyle = palette.text;
      ctx.fillText(label, left + 6 * pixel, top + height / 2);
    }
  });

/** Stretches without data, as dashed boxes that say so where there is room; `now` is said at the present in any case. */
export const paintGaps = (
  u: uPlot,
  palette: Palette,
  gaps: readonly Stretch[],
  labels: { past: string; now: string | null },
): void =>
  clipped(u, (ctx) => {
    const { left, top, width, height } = u.bbox;
    const pixel = scaleOf(u);
    ctx.strokeStyle = palette.dash;
    ctx.lineWidth = pixel;
    ctx.setLineDash([3 * pixel, 3 * pixel]);
    ctx.font = font(u);
    ctx.textBaseline = 'middle';
    for (const [from, to] of gaps) {
      const x0 = Math.max(left - pixel, Math.round(u.valToPos(from, 'x', true)));
      const x1 = Math.min(left + width + pixel, Math.round(u.valToPos(to, 'x', true)));
      ctx.strokeRect(x0 + pixel / 2, top + pixel / 2, x1 - x0, height - pixel);
      const isNow = to >= (u.scales.x?.max ?? Number.POSITIVE_INFINITY) && labels.now !== null;
      const label = isNow ? (labels.now ?? '') : labels.past;
      const space = ctx.measureText(label).width + 12 * pixel;
      if (space >= x1 - x0 && !isNow) continue;
      ctx.textAlign = 'center';
      // What holds at present must be said even where the box is still narrow.
      const middle = Math.min((x0 + x1) / 2, left + width - space / 2);
      ctx.fillStyle = palette.surface;
      ctx.fillRect(middle - space / 2 + pixel, top + height / 2 - 9 * pixel, space - 2 * pixel, 18 * pixel);
      ctx.fillStyle = palette.text;
      ctx.fillText(label, middle, top + height / 2);
    }
  });

/** Stretches of quality `bad`, hatched in the colour of their series. */
export const paintHatch = (u: uPlot, colour: string, stretches: readonly Stretch[]): void => {
  if (stretches.length === 0) return;
  clipped(u, (ctx) => {
    const { top, height } = u.bbox;
    const pattern = hatch(ctx, colour, scaleOf(u));
    if (!pattern) return;
    ctx.fillStyle = pattern;
    ctx.globalAlpha = 0.55;
    for (const [from, to] of stretches) {
      const x = u.valToPos(from, 'x', true);
      ctx.fillRect(x, top, Math.max(3 * scaleOf(u), u.valToPos(to, 'x', true) - x), height);
    }
  });
};

/** Diagonal lines to fill with: quality `bad`, or more changes than can be drawn. */
export const hatch = (ctx: CanvasRenderingContext2D, colour: string, pixel: number): CanvasPattern | null => {
  const size = Math.round(6 * pixel);
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = pixel;
  pen.beginPath();
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, 'repeat');
};

/** Events as dotted lines with a mark on top; a number where several stand together. */
export const paintMarks = (u: uPlot, palette: Palette, clusters: readonly MarkCluster[]): void =>
  clipped(u, (ctx) => {
    const { left, top, width, height } = u.bbox;
    const pixel = scaleOf(u);
    ctx.lineWidth = pixel;
    ctx.strokeStyle = palette.dash;
    ctx.fillStyle = palette.text;
    ctx.font = font(u, 500);
    ctx.textBaseline = 'top';
    for (const { x, marks } of clusters) {
      const at = Math.round(left + x * pixel) + pixel / 2;
      ctx.setLineDash([2 * pixel, 3 * pixel]);
      ctx.beginPath();
      ctx.moveTo(at, top);
      ctx.lineTo(at, top + height);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(at - 5 * pixel, top);
      ctx.lineTo(at + 5 * pixel, top);
      ctx.lineTo(at, top + 8 * pixel);
      ctx.fill();
      if (marks.length < 2) continue;
      const count = String(marks.length);
      const fits = at + 7 * pixel + ctx.measureText(count).width <= left + width;
      ctx.textAlign = fits ? 'left' : 'right';
      ctx.fillText(count, at + (fits ? 7 : -7) * pixel, top + pixel);
    }
  });
