// This computer as a device: sends its load, memory, disk and uptime. Make a device of type `generic` and give its token here.
import { parseArgs } from 'node:util';
import { createDevice } from '@muster/edge/device';
import { readComputer } from './readings.ts';

const usage = `MUSTER_DEVICE_TOKEN=md_… node apps/agent/src/main.ts --server mqtt://127.0.0.1:1883 --device ORGANIZATION/DEVICE [--seconds 10]\n`;

const { values } = parseArgs({
  options: { server: { type: 'string' }, device: { type: 'string' }, seconds: { type: 'string', default: '10' } },
});
const [organization, deviceId] = values.device?.split('/') ?? [];
const token = process.env.MUSTER_DEVICE_TOKEN;
const seconds = Number(values.seconds);
if (!values.server || !organization || !deviceId || !token || !(seconds > 0)) {
  process.stderr.write(usage);
  process.exit(2);
}

const device = createDevice({
  url: values.server,
  organization,
  deviceId,
  token,
  onState: (state, reason) => process.stderr.write(`${state}${reason ? `: ${reason}` : ''}\n`),
});
device.start();
const measure = async () => device.telemetry(await readComputer());
await measure();
const timer = setInterval(measure, seconds * 1000);

const stop = async () => {
  clearInterval(timer);
  process.exitCode = (await device.stop()) ? 0 : 1;
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
