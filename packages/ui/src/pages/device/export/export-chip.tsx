import { Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../../parts/error-text.ts';
import classes from './export-chip.module.css';
import { exporter } from './exporter.ts';
import { formatBytes } from './file-name.ts';

/** How far the running export is, in a corner of the page; it can be cancelled there. Nothing while there is none. */
const ExportChip = () => {
  const { t, i18n } = useTranslation('device');
  const common = useTranslation().t;
  const errorText = useErrorText();
  const progress = useSyncExternalStore(exporter.subscribe, exporter.progress);
  if (!progress) return null;
  const { state, fileName, bytes, rows, error } = progress;
  const size = formatBytes(bytes, i18n.language);
  const count = t('export.rows', { count: rows, rows: new Intl.NumberFormat(i18n.language).format(rows) });
  return (
    <section className={classes.chip} aria-label={t('export.title')}>
      <p className={classes.name} title={fileName}>
        {fileName}
      </p>
      {state === 'running' ? <div className={classes.bar} aria-hidden="true" /> : null}
      <div className={classes.row}>
        <p className={classes.text} role={state === 'running' ? undefined : 'status'}>
          {state === 'running' ? `${size}, ${count}` : null}
          {state === 'done' ? t('export.done', { size, rows: count }) : null}
          {state === 'cancelled' ? t('export.cancelled') : null}
          {state === 'failed' ? t('export.failed', { reason: errorText(error) }) : null}
        </p>
        {state === 'running' ? (
          <Button size="xs" onClick={exporter.cancel}>
            {t('export.cancel')}
          </Button>
        ) : (
          <Button size="xs" onClick={exporter.dismiss}>
            {common('close')}
          </Button>
        )}
      </div>
    </section>
  );
};

export default ExportChip;
