import type { Device } from '@muster/contract/devices';
import { deviceTopics } from '@muster/contract/mqtt';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../../api/session.tsx';
import type { Metric } from '../../../chart/metric.ts';
import { useAddresses } from '../../../data/addresses.ts';
import { mosquittoCommand, sampleMessage } from '../access/commands.ts';
import { CopyLine } from '../copy-line.tsx';
import classes from './live.module.css';

/** What to do with a device that has not sent anything: the line that makes it. */
export const NothingYet = ({ device, metrics }: { device: Device; metrics: readonly Metric[] }) => {
  const { t } = useTranslation('device');
  const { user } = useSession();
  const addresses = useAddresses();
  const username = `${user?.organization.slug ?? ''}/${device.deviceId}`;
  const credentials = { username, token: t('access.yourToken'), topic: deviceTopics.telemetry(device.deviceId) };
  return (
    <section className={classes.nothing}>
      <h2>{t('nothing.title')}</h2>
      <p>{t('nothing.text')}</p>
      {addresses.data ? (
        <CopyLine
          label={t('access.mosquitto')}
          text={mosquittoCommand(addresses.data.mqtt.url, credentials, sampleMessage(metrics))}
        />
      ) : null}
      <p className={classes.muted}>{t('nothing.token')}</p>
    </section>
  );
};
