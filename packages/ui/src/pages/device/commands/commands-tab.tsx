import { Button } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../../api/session.tsx';
import { LoadFault } from '../../../parts/load-fault.tsx';
import type { DeviceLive } from '../live/device-live.ts';
import { CommandItem } from './command-item.tsx';
import classes from './commands.module.css';
import { SendCommandDialog } from './send-command-dialog.tsx';
import { useCommands } from './use-commands.ts';

interface CommandsTabProps {
  device: Device;
  type: DeviceTypeView | null;
  deviceLive: DeviceLive;
}

/** What the device was told to do, and what it said of it. */
export const CommandsTab = ({ device, type, deviceLive }: CommandsTabProps) => {
  const { t } = useTranslation('commands');
  const maySend = useMay('command:send');
  const [sending, setSending] = useState(false);
  const { query, commands } = useCommands(device.deviceId, deviceLive);
  const canSend = type?.open === true || Object.keys(type?.commands ?? {}).length > 0;
  return (
    <div className={classes.commands}>
      {maySend && canSend ? (
        <Button variant="filled" onClick={() => setSending(true)}>
          {t('send.open')}
        </Button>
      ) : null}
      {query.error ? <LoadFault error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && commands.length === 0 ? (
        <p className={classes.empty}>{t(canSend ? 'none' : 'noneOfType')}</p>
      ) : null}
      <ol className={classes.list} aria-label={t('list')} hidden={commands.length === 0}>
        {commands.map((command) => (
          <CommandItem key={command.id} command={command} type={type} />
        ))}
      </ol>
      {query.hasNextPage ? (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('older')}
        </Button>
      ) : null}
      {sending ? <SendCommandDialog device={device} type={type} onClose={() => setSending(false)} /> : null}
    </div>
  );
};
