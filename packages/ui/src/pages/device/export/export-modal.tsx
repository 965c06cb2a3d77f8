import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { open } from '../../../api/client.ts';
import type { Metric } from '../../../chart/metric.ts';
import { windowOf } from '../../../chart/range.ts';
import { live } from '../../../live/live.ts';
import { Check } from '../../../parts/check.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { saveFile } from '../../../parts/save-file.ts';
import own from '../form.module.css';
import { type DeviceSearch, rangeOf } from '../search.ts';
import { useTimes } from '../use-times.ts';
import { fromZonedInput, toZonedInput } from '../zoned-input.ts';
import { exporter } from './exporter.ts';
import { exportFileName } from './file-name.ts';

interface ExportModalProps {
  deviceId: string;
  metrics: readonly Metric[];
  search: DeviceSearch;
  onClose(): void;
}

type Format = 'csv' | 'ndjson';

/** Chooses what of the stored values becomes a file: at first what the page shows. */
export const ExportModal = ({ deviceId, metrics, search, onClose }: ExportModalProps) => {
  const { t } = useTranslation('device');
  const { zone } = useTimes();
  const [window] = useState(() => windowOf(rangeOf(search), live.serverNow()));
  const [from, setFrom] = useState(() => toZonedInput(window.from, zone));
  const [to, setTo] = useState(() => toZonedInput(window.to, zone));
  const [format, setFormat] = useState<Format>('csv');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(metrics.map((metric) => metric.name)));
  const formatLabel = useId();
  const start = fromZonedInput(from, zone);
  const end = fromZonedInput(to, zone);
  const wrongRange = start === null || end === null || start >= end;
  const busy = exporter.progress()?.state === 'running';

  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrongRange || chosen.size === 0) return;
    const all = chosen.size === metrics.length;
    const query = {
      from: new Date(start).toISOString(),
      to: new Date(end).toISOString(),
      format,
      ...(all ? {} : { metrics: [...chosen].join(',') }),
    };
    void exporter.start({
      fileName: exportFileName(deviceId, start, end, format),
      heading: format === 'csv',
      open: async (signal) => {
        const { body } = await open(routes.telemetry.export, { params: { deviceId }, query, signal });
        return body ?? new Blob([]).stream();
      },
      save: saveFile,
    });
    onClose();
  };

  return (
    <Dialog onClose={onClose} title={t('export.title')}>
      <form className={form.form} onSubmit={submit}>
        <div className={form.pair}>
          <TextInput
            type="datetime-local"
            step={1}
            label={t('export.from')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            step={1}
            label={t('export.to')}
            value={to}
            error={wrongRange ? t('export.wrongRange') : null}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </div>
        <p className={own.hint}>{t('export.zone', { zone })}</p>
        <fieldset className={own.group}>
          <legend>{t('export.metrics')}</legend>
          <div className={own.checks}>
            {metrics.map((metric) => (
              <Check
                key={metric.name}
                label={metric.title}
                checked={chosen.has(metric.name)}
                onChange={() => toggle(metric.name)}
              />
            ))}
          </div>
          {chosen.size === 0 ? <FormFault>{t('export.noMetrics')}</FormFault> : null}
        </fieldset>
        <div className={own.group}>
          <p id={formatLabel}>{t('export.format')}</p>
          <SegmentedControl
            aria-labelledby={formatLabel}
            value={format}
            onChange={(next) => setFormat(next === 'ndjson' ? 'ndjson' : 'csv')}
            data={[
              { value: 'csv', label: 'CSV' },
              { value: 'ndjson', label: 'NDJSON' },
            ]}
          />
          <p className={own.hint}>{t(`export.${format}`)}</p>
        </div>
        {busy ? <p className={own.hint}>{t('export.busy')}</p> : null}
        <div className={form.buttons}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="filled" disabled={busy || wrongRange || chosen.size === 0}>
            {t('export.start')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
