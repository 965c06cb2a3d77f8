import { Button, FileButton } from '@mantine/core';
import { deviceColumns, type ImportReport, placeColumns } from '@muster/contract/imports';
import { routes } from '@muster/contract/routes';
import { CSV_BYTES } from '@muster/contract/schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import classes from './import-dialog.module.css';
import { ImportResult } from './import-result.tsx';

interface ImportDialogProps {
  what: 'places' | 'devices';
  onClose(): void;
}

interface Chosen {
  name: string;
  bytes: Uint8Array;
}

const columns = { places: placeColumns, devices: deviceColumns };

/** Takes a file in: says first what it would do, does it when it is told to. */
const ImportDialog = ({ what, onClose }: ImportDialogProps) => {
  const { t } = useTranslation('imports');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const send = ({ bytes }: Chosen, dryRun: boolean): Promise<ImportReport> =>
    call(routes.imports[what], { query: { dryRun }, body: bytes });
  const dry = useMutation({
    mutationFn: async (file: File) => {
      const next = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
      setChosen(next);
      return send(next, true);
    },
  });
  const run = useMutation({
    mutationFn: (file: Chosen) => send(file, false),
    onSuccess: () =>
      Promise.all(['places', 'devices', 'overview'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const report = run.data ?? dry.data;
  const isTooLarge = (chosen?.bytes.length ?? 0) > CSV_BYTES;
  const error = run.error ?? dry.error;
  const mayRun = chosen !== null && dry.data?.problemCount === 0 && dry.data.created + dry.data.changed > 0;
  return (
    <Dialog onClose={onClose} title={t(`import.${what}`)} size={720}>
      <div className={form.form}>
        {run.data ? null : (
          <>
            <p>{t(`about.${what}`)}</p>
            <p className={classes.columns}>
              <code>
                {columns[what].map((column, index) => (
                  <Fragment key={column}>
                    {index > 0 ? ',' : ''}
                    <wbr />
                    {column}
                  </Fragment>
                ))}
              </code>
            </p>
            <div className={classes.file}>
              <FileButton
                accept=".csv,text/csv"
                onChange={(file) => {
                  run.reset();
                  if (file) dry.mutate(file);
                }}
                inputProps={{ 'aria-label': t('file') }}
              >
                {(props) => (
                  <Button {...props} loading={dry.isPending} data-autofocus>
                    {t(chosen ? 'chooseOther' : 'choose')}
                  </Button>
                )}
              </FileButton>
              {chosen ? <span className={classes.name}>{chosen.name}</span> : null}
            </div>
          </>
        )}
        <FormFault>{error ? (isTooLarge ? t('tooLarge') : text(error)) : null}</FormFault>
        {report && !error ? <ImportResult report={report} /> : null}
        <div className={form.buttons}>
          <Button onClick={onClose}>{common(run.data ? 'close' : 'cancel')}</Button>
          {run.data ? null : (
            <Button
              variant="filled"
              disabled={!mayRun || dry.isPending}
              loading={run.isPending}
              onClick={() => chosen && run.mutate(chosen)}
            >
              {t('do')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
};

export default ImportDialog;
