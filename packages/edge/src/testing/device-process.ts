// For tests: a device in a process of its own, to be killed at any moment. Its one argument is a JSON of `DeviceProcessWish`.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDevice } from '../durable-device.ts';
import { crashPoint } from './crash-point.ts';
import type { DeviceProcessWish } from './device-process-wish.ts';

const wish: DeviceProcessWish = JSON.parse(process.argv[2] ?? '{}');
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const hang = () => {
  say({ hangs: true });
  return new Promise(() => undefined);
};

const device = openDevice({
  directory: wish.directory,
  url: wish.url,
  server: 'http://127.0.0.1:1',
  askServer: async () => Date.now(),
  organization: 'acme',
  deviceId: 'd1',
  token: 'secret',
  // a dead connection on which nothing waits to be sent is found out by this alone
  keepaliveSeconds: 2,
  backOff: { firstMs: 5, maximumMs: 50 },
  clock: { boot: wish.boot },
  onDurable: crashPoint(),
  onState: (state) => say({ state }),
  commands: {
    'count-up': { isIdempotent: false, run: (params) => void say({ ran: params }) },
    hang: { isIdempotent: false, run: hang },
    'hang-once': { isIdempotent: true, run: () => (wish.isSecond ? 'again' : hang()) },
  },
  configuration: {
    initial: { color: 'none' },
    check: ({ color }) => (color === 'ugly' ? 'that is no color' : undefined),
    apply: (configuration) => {
      // whole or not at all: a test reads it at any moment
      const file = join(wish.directory, 'applied.json');
      writeFileSync(`${file}.new`, JSON.stringify(configuration));
      renameSync(`${file}.new`, file);
      say({ applied: configuration });
      if (wish.diesAfterApplying && configuration.color === wish.diesAfterApplying)
        process.kill(process.pid, 'SIGKILL');
    },
    confirmMs: wish.confirmMs ?? 5000,
    onSettled: (version, outcome, error) => say({ version, outcome, error }),
  },
});
await device.start();
say({ started: device.configuration?.inForce });

let number = 0;
const measure = () => {
  // as fast as the disk takes them: the kill comes in the middle of one
  for (let burst = 0; burst < 5; burst++) {
    number++;
    if (device.telemetry({ number })) say({ took: `${wish.life ?? 0}/${number}` });
  }
};
const timer = wish.measures ? setInterval(measure, 1) : undefined;
process.once('SIGTERM', async () => {
  clearInterval(timer);
  const isEmpty = await device.stop();
  say({ isEmpty });
});
