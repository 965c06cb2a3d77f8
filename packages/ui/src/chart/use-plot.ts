import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { onFrame } from './frame.ts';
import type { MarkCluster } from './marks.ts';
import { type Palette, readPalette } from './palette.ts';
import type { Plot, PlotSettings } from './plot.ts';

interface UsePlot<Settings extends PlotSettings> {
  settings: Settings;
  /** Anything whose change needs a new plot: metrics, language, zone, colour scheme. */
  key: string;
  create(
    host: HTMLElement,
    palette: Palette,
    onMark: (cluster: MarkCluster | null) => void,
    first: Settings,
  ): Plot<Settings>;
}

/** Keeps a plot in an element: made when first seen, drawn once per frame while on screen, as wide as the element. */
export const usePlot = <Settings extends PlotSettings>({
  settings,
  key,
  create,
}: UsePlot<Settings>): { host: RefObject<HTMLDivElement | null>; mark: MarkCluster | null } => {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot<Settings> | null>(null);
  const latest = useRef({ settings, create });
  const [mark, setMark] = useState<MarkCluster | null>(null);

  useLayoutEffect(() => {
    latest.current = { settings, create };
    plot.current?.set(settings);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for everything that the plot is made of
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let visible = false;
    const seen = new IntersectionObserver(
      (entries) => {
        visible = entries.at(-1)?.isIntersecting ?? false;
        if (!visible || plot.current) return;
        plot.current = latest.current.create(element, readPalette(element), setMark, latest.current.settings);
      },
      { rootMargin: '200px' },
    );
    seen.observe(element);
    const resized = new ResizeObserver(() => plot.current?.resize(element.clientWidth));
    resized.observe(element);
    const end = onFrame(() => {
      if (visible) plot.current?.draw();
    });
    return () => {
      end();
      seen.disconnect();
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
      setMark(null);
    };
  }, [key]);

  return { host, mark };
};
