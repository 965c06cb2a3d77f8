import { API_PREFIX } from '@muster/contract/routes';
import type { Metric } from '../../../chart/metric.ts';

interface Publish {
  username: string;
  token: string;
  topic: string;
}

/** One argument of a POSIX shell, whatever it holds. */
export const shellQuote = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A telemetry message that the device may send: at most three metrics, in the middle of what is normal for them. */
export const sampleMessage = (metrics: readonly Metric[]): string => {
  const values = Object.fromEntries(metrics.slice(0, 3).map((metric) => [metric.name, sampleValue(metric)]));
  return JSON.stringify({ values: metrics.length > 0 ? values : { temperature: 21.5 } });
};

const sampleValue = ({ kind, range, limits, decimals }: Metric): number | boolean | string => {
  if (kind === 'boolean') return true;
  if (kind === 'string') return 'text';
  const low = limits?.low ?? range?.[0] ?? 0;
  const high = limits?.high ?? range?.[1] ?? low + 2;
  return Number(((low + high) / 2).toFixed(decimals ?? 1));
};

/** The line that publishes a message with Mosquitto's client, acknowledged after it is stored. */
export const mosquittoCommand = (mqttUrl: string, { username, token, topic }: Publish, message: string): string => {
  const { protocol, hostname, port } = new URL(mqttUrl);
  const secure = protocol === 'mqtts:';
  return [
    'mosquitto_pub',
    `-h ${shellQuote(hostname)}`,
    `-p ${port || (secure ? '8883' : '1883')}`,
    ...(secure ? ['--tls-use-os-certs'] : []),
    `-u ${shellQuote(username)}`,
    `-P ${shellQuote(token)}`,
    '-q 1',
    `-t ${shellQuote(topic)}`,
    `-m ${shellQuote(message)}`,
  ].join(' ');
};

/** The line that sends JSON over HTTP. @param path below the prefix of the API */
export const curlCommand = (httpUrl: string, token: string, path: string, message: string): string =>
  [
    'curl',
    `-H ${shellQuote(`Authorization: Bearer ${token}`)}`,
    "-H 'Content-Type: application/json'",
    `-d ${shellQuote(message)}`,
    shellQuote(`${httpUrl.replace(/\/$/, '')}${API_PREFIX}${path}`),
  ].join(' ');
