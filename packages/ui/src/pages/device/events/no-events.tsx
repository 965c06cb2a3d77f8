import type { Device } from '@muster/contract/devices';
import { deviceTopics } from '@muster/contract/mqtt';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../../api/session.tsx';
import { useAddresses } from '../../../data/addresses.ts';
import { mosquittoCommand } from '../access/commands.ts';
import { CopyLine } from '../copy-line.tsx';
import classes from './events.module.css';

/** What events are, and the line that makes the first. */
export const NoEvents = ({ device, filtered }: { device: Device; filtered: boolean }) => {
  const { t } = useTranslation('device');
  const { user } = useSession();
  const addresses = useAddresses();
  if (filtered) return <p className={classes.empty}>{t('events.noneOfType')}</p>;
  const username = `${user?.organization.slug ?? ''}/${device.deviceId}`;
  const credentials = { username, token: t('access.yourToken'), topic: deviceTopics.events(device.deviceId) };
  const message = JSON.stringify({ type: 'door_opened', data: { door: 'A' } });
  return (
    <section className={classes.empty}>
      <p>{t('events.none')}</p>
      {addresses.data ? (
        <CopyLine
          label={t('access.mosquitto')}
          text={mosquittoCommand(addresses.data.mqtt.url, credentials, message)}
        />
      ) : null}
    </section>
  );
};
