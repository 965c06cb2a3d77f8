import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from './format-number.ts';
import type { Metric } from './metric.ts';
import type { PlotSource } from './plot.ts';
import { type Range, windowOf } from './range.ts';
import { summarize } from './summary.ts';

const EVERY_MS = 10_000;

/** A chart in words, for who cannot see it: lowest, highest and newest value of each metric; renewed every 10 seconds. */
export const useSummary = (
  title: string,
  metrics: readonly Metric[],
  source: PlotSource,
  range: Range,
  ready: boolean,
): string => {
  const { t, i18n } = useTranslation('chart');
  const [text, setText] = useState(title);
  useEffect(() => {
    const tell = () => {
      const window = windowOf(range, source.now());
      const parts = metrics.map((metric) => {
        const view = source.view(metric.name, window);
        const summary = view ? summarize(view.samples, window.from, window.to) : null;
        if (!view || (!summary && view.runs.length === 0)) return t('summary.empty', { metric: metric.title });
        if (!summary) return t('summary.state', { metric: metric.title, count: view.runs.length });
        const number = (value: number) =>
          `${formatNumber(value, metric.decimals, i18n.language)} ${metric.unit ?? ''}`.trim();
        const { lowest, highest, newest } = summary;
        const text = t('summary.numbers', {
          metric: metric.title,
          lowest: number(lowest),
          highest: number(highest),
          newest: number(newest),
        });
        return view.gaps.length > 0 ? `${text} ${t('summary.gaps', { count: view.gaps.length })}` : text;
      });
      setText(`${title}. ${parts.join(' ')}`);
    };
    tell();
    if (!ready) return;
    const timer = setInterval(tell, EVERY_MS);
    return () => clearInterval(timer);
  }, [title, metrics, source, range, ready, t, i18n.language]);
  return text;
};
