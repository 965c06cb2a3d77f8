import { createRandom } from '@muster/edge/random';
import { now, pause } from '../harness/clock.ts';
import { type LoadConnection, openConnections } from '../harness/connection.ts';
import type { LoadDevice } from '../harness/fleet.ts';
import { answerQuestions } from '../harness/helper.ts';
import { connectPacket, publishPacket } from '../harness/packets.ts';
import { readings, writeDigits } from '../harness/payload.ts';
import { dueAt, messagesIn, NUMBER_DIGITS, NUMBER_METRIC, numberOf, type Schedule } from '../harness/schedule.ts';
import { type Spread, spread } from '../harness/spread.ts';

export type OpenAsk =
  | { kind: 'connect'; port: number; devices: LoadDevice[] }
  | { kind: 'run'; schedule: Schedule; warmUpMs: number; measureMs: number }
  | { kind: 'disconnect' };

export interface OpenAnswer {
  /** Of the whole life of this process; equal after a run. */
  sent: number;
  acknowledged: number;
  /** ms from the moment a message was due to reading its acknowledgement; messages due after the warm-up. */
  latency: Spread;
  /** ms that this process itself was behind its schedule; it is part of `latency`. */
  late: Spread;
}

/** A load that sends on time, come what may: it finds out how long things take. */
interface Sender {
  connection: LoadConnection;
  packet: Buffer;
  messageIdAt: number;
  numberAt: number;
}

const KEEP_ALIVE_SECONDS = 60;
const MESSAGE_IDS = 65_535;
const TICK_MS = 1;
const LONGEST_WAIT_MS = 30_000;
const NONE = spread([]);

let senders: Sender[] = [];
let sent = 0;
let acknowledged = 0;

answerQuestions<OpenAsk, OpenAnswer>(async (question) => {
  if (question.kind === 'run') return run(question);
  if (question.kind === 'connect') await connect(question.port, question.devices);
  else await disconnect();
  return { sent, acknowledged, latency: NONE, late: NONE };
});

async function connect(port: number, devices: LoadDevice[]): Promise<void> {
  const packets = devices.map(({ clientId, credential }) => connectPacket(clientId, KEEP_ALIVE_SECONDS, credential));
  const connections = await openConnections(port, packets);
  senders = connections.map((connection, index) => {
    const values = readings(createRandom(1, index)).replace(/"metric_0":[\d.]+/, `"${NUMBER_METRIC}":${numberOf(0)}`);
    const payload = Buffer.from(`{${values}}`);
    const packet = publishPacket((devices[index] as LoadDevice).topic, 1, payload);
    const numberAt = packet.indexOf(`"${NUMBER_METRIC}":`) + NUMBER_METRIC.length + 3;
    return { connection, packet, messageIdAt: packet.length - payload.length - 2, numberAt };
  });
}

async function disconnect(): Promise<void> {
  const gone = senders.map(({ connection }) => new Promise((resolve) => connection.socket.once('close', resolve)));
  for (const { connection } of senders) connection.socket.destroy();
  await Promise.all(gone);
  senders = [];
}

async function run({ schedule, warmUpMs, measureMs }: OpenAsk & { kind: 'run' }): Promise<OpenAnswer> {
  const latencies: number[] = [];
  const late: number[] = [];
  const measureFrom = schedule.startAt + warmUpMs;
  for (const [device, { connection }] of senders.entries()) {
    connection.onAck = (messageId) => {
      acknowledged++;
      const due = dueAt(schedule, device, messageId - 1);
      if (due >= measureFrom) latencies.push(now() - due);
    };
  }
  const total = messagesIn(schedule, warmUpMs + measureMs);
  if (total > MESSAGE_IDS * senders.length) throw new RangeError('the run is too long for its message ids');
  for (let next = 0; next < total; await pause(TICK_MS)) {
    for (; next < total; next++) {
      const device = next % senders.length;
      const message = Math.floor(next / senders.length);
      const due = dueAt(schedule, device, message);
      const at = now();
      if (at < due) break;
      if (due >= measureFrom) late.push(at - due);
      send(senders[device] as Sender, message);
    }
  }
  const deadline = now() + LONGEST_WAIT_MS;
  while (acknowledged < sent && now() < deadline) await pause(10);
  return { sent, acknowledged, latency: spread(latencies), late: spread(late) };
}

/** A copy each: what a full socket could not take yet must not change. */
function send({ connection, packet, messageIdAt, numberAt }: Sender, message: number): void {
  const bytes = Buffer.from(packet);
  bytes.writeUInt16BE(message + 1, messageIdAt);
  writeDigits(bytes, numberAt, NUMBER_DIGITS, numberOf(message));
  connection.socket.write(bytes);
  sent++;
}
