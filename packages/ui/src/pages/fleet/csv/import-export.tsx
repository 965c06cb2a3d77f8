import { Button, Menu } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { open } from '../../../api/client.ts';
import { lazyPart } from '../../../app/lazy-part.ts';
import type { DeviceFilter } from '../../../data/devices.ts';
import { saveFile } from '../../../parts/save-file.ts';
import { exporter } from '../../device/export/exporter.ts';

const ImportDialog = lazyPart(() => import('./import-dialog.tsx'));

interface ImportExportProps {
  what: 'places' | 'devices';
  /** The list is limited to them: so is the export. */
  filter?: Omit<DeviceFilter, 'sort'>;
  mayImport: boolean;
}

/** Takes the list along as a file, and takes a file in. */
export const ImportExport = ({ what, filter = {}, mayImport }: ImportExportProps) => {
  const { t } = useTranslation('imports');
  const [isOpen, setOpen] = useState(false);
  const save = () =>
    void exporter.start({
      fileName: `${what} ${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}Z.csv`,
      heading: true,
      open: async (signal) => {
        const answer =
          what === 'places'
            ? await open(routes.places.export, { signal })
            : await open(routes.devices.export, { query: filter, signal });
        return answer.body ?? new Blob([]).stream();
      },
      save: saveFile,
    });
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button>{t('menu')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={save}>{t(`export.${what}`)}</Menu.Item>
          {mayImport ? <Menu.Item onClick={() => setOpen(true)}>{t(`import.${what}`)}</Menu.Item> : null}
        </Menu.Dropdown>
      </Menu>
      <Suspense>{isOpen ? <ImportDialog what={what} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
};
