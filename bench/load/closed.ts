import { createRandom } from '@muster/edge/random';
import { pause } from '../harness/clock.ts';
import { type LoadConnection, openConnections } from '../harness/connection.ts';
import type { LoadDevice } from '../harness/fleet.ts';
import { answerQuestions } from '../harness/helper.ts';
import { connectPacket, publishPacket } from '../harness/packets.ts';
import { readings, writeDigits } from '../harness/payload.ts';
import { type Spread, spread } from '../harness/spread.ts';

/** First `connect`, then any number of `run`. */
export type ClosedAsk =
  | { kind: 'connect'; port: number; devices: LoadDevice[]; inFlight: number; numbered: boolean }
  | { kind: 'run'; warmUpMs: number; measureMs: number };

export interface ClosedAnswer {
  /** Of the whole life of this process; equal after a run. */
  sent: number;
  acknowledged: number;
  /** Of the measured stretch. */
  perSecond: number;
  /** ms from writing a packet to reading its acknowledgement. */
  latency: Spread;
}

/** A load that sends the next message when one is acknowledged: it finds out how much goes through. */
interface Sender {
  connection: LoadConnection;
  /** One packet per slot, all of one length. A slot is free again when its message is acknowledged. */
  packets: Buffer;
  width: number;
  sentAt: Float64Array;
  free: number[];
  /** Offsets of `seq` and `ts` within a packet; 0: the messages have none. */
  sequenceAt: number;
  timeAt: number;
  sequence: number;
}

const KEEP_ALIVE_SECONDS = 60;
const SEQUENCE_DIGITS = 10;
const FIRST_SEQUENCE = 1_000_000_000;
const TIME_DIGITS = 13;
const LONGEST_WAIT_MS = 30_000;

const senders: Sender[] = [];
let sending = false;
let measuring = false;
let sent = 0;
let acknowledged = 0;
let latencies: number[] = [];

answerQuestions<ClosedAsk, ClosedAnswer>(async (question) => {
  if (question.kind === 'connect') {
    await connect(question);
    return { sent, acknowledged, perSecond: 0, latency: spread([]) };
  }
  return run(question.warmUpMs, question.measureMs);
});

async function connect({ port, devices, inFlight, numbered }: ClosedAsk & { kind: 'connect' }): Promise<void> {
  const packets = devices.map((device) => connectPacket(device.clientId, KEEP_ALIVE_SECONDS, device.credential));
  const connections = await openConnections(port, packets);
  for (const [index, connection] of connections.entries()) {
    senders.push(createSender(connection, (devices[index] as LoadDevice).topic, index, inFlight, numbered));
  }
}

function createSender(
  connection: LoadConnection,
  topic: string,
  index: number,
  inFlight: number,
  numbered: boolean,
): Sender {
  const random = createRandom(1, index);
  const head = numbered ? `"ts":${Date.now()},"boot":"${process.pid}","seq":${FIRST_SEQUENCE},` : '';
  const slots = Array.from({ length: inFlight }, (_, slot) =>
    publishPacket(topic, slot + 1, Buffer.from(`{${head}${readings(random)}}`)),
  );
  const first = slots[0] as Buffer;
  const sender: Sender = {
    connection,
    packets: Buffer.concat(slots),
    width: first.length,
    sentAt: new Float64Array(inFlight),
    free: slots.map((_, slot) => slot),
    sequenceAt: numbered ? first.indexOf('"seq":') + 6 : 0,
    timeAt: numbered ? first.indexOf('"ts":') + 5 : 0,
    sequence: FIRST_SEQUENCE,
  };
  connection.onAck = (messageId) => {
    const slot = messageId - 1;
    acknowledged++;
    if (measuring) latencies.push(performance.now() - (sender.sentAt[slot] as number));
    sender.free.push(slot);
  };
  connection.onRead = () => sending && sendFree(sender);
  return sender;
}

/** Sends a message in every free slot; slots that lie side by side leave in one write. */
function sendFree(sender: Sender): void {
  const { free, packets, width, connection } = sender;
  if (free.length === 0) return;
  const at = performance.now();
  let from = free[0] as number;
  let to = from;
  for (const slot of free) {
    sender.sentAt[slot] = at;
    if (sender.sequenceAt > 0) number(sender, slot * width);
    if (slot === to) {
      to++;
      continue;
    }
    connection.socket.write(packets.subarray(from * width, to * width));
    from = slot;
    to = slot + 1;
  }
  connection.socket.write(packets.subarray(from * width, to * width));
  sent += free.length;
  free.length = 0;
}

function number(sender: Sender, at: number): void {
  writeDigits(sender.packets, at + sender.sequenceAt, SEQUENCE_DIGITS, sender.sequence++);
  writeDigits(sender.packets, at + sender.timeAt, TIME_DIGITS, Date.now());
}

async function run(warmUpMs: number, measureMs: number): Promise<ClosedAnswer> {
  sending = true;
  for (const sender of senders) sendFree(sender);
  await pause(warmUpMs);
  latencies = [];
  measuring = true;
  const before = acknowledged;
  const startedAt = performance.now();
  await pause(measureMs);
  const perSecond = ((acknowledged - before) * 1000) / (performance.now() - startedAt);
  measuring = false;
  sending = false;
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (acknowledged < sent && performance.now() < deadline) await pause(10);
  return { sent, acknowledged, perSecond, latency: spread(latencies) };
}
