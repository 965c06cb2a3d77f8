import type { Device } from '@muster/contract/devices';
import { deviceTopics } from '@muster/contract/mqtt';
import { routes } from '@muster/contract/routes';
import { useTranslation } from 'react-i18next';
import type { Metric } from '../../../chart/metric.ts';
import { useAddresses } from '../../../data/addresses.ts';
import { CopyLine } from '../copy-line.tsx';
import classes from './access.module.css';
import { curlCommand, mosquittoCommand, sampleMessage } from './commands.ts';

interface TryItProps {
  device: Device;
  metrics: readonly Metric[];
  username: string;
  token: string;
}

/** The two lines that send a first message, with the addresses of this installation. */
export const TryIt = ({ device, metrics, username, token }: TryItProps) => {
  const { t } = useTranslation('device');
  const { data } = useAddresses();
  if (!data) return null;
  const message = sampleMessage(metrics);
  const topic = deviceTopics.telemetry(device.deviceId);
  return (
    <div className={classes.commands}>
      <p className={classes.muted}>{t('access.mosquitto')}</p>
      <CopyLine
        label={t('access.mosquitto')}
        text={mosquittoCommand(data.mqtt.url, { username, token, topic }, message)}
      />
      <p className={classes.muted}>{t('access.curl')}</p>
      <CopyLine
        label={t('access.curl')}
        text={curlCommand(data.http.url, token, routes.deviceApi.telemetry.path, message)}
      />
    </div>
  );
};
