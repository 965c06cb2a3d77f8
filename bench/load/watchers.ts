import type { LiveDeviceData } from '@muster/contract/live';
import { now, pause } from '../harness/clock.ts';
import { answerQuestions } from '../harness/helper.ts';
import { dueAt, messageOf, NUMBER_METRIC, type Schedule } from '../harness/schedule.ts';
import { type Spread, spread } from '../harness/spread.ts';
import { openWatchSocket, type Received, type WatchSocket } from '../harness/watch-socket.ts';

/** `connect` opens a watcher per address and subscribes each to all devices; `collect` tells what they got. */
export type WatchersAsk =
  | { kind: 'connect'; addresses: string[]; devices: string[] }
  | { kind: 'collect'; schedule: Schedule; indexes: number[]; from: number; to: number; timeoutMs: number };

export interface WatchersAnswer {
  watchers: number;
  /** Watchers that got each message from `from` to before `to` of each device, once. */
  complete: number;
  /** ms from the moment a message was due to reading it. */
  latency: Spread;
}

const AT_ONCE = 100;

const sockets: WatchSocket[] = [];
let devices: string[] = [];

answerQuestions<WatchersAsk, WatchersAnswer>(async (question) => {
  if (question.kind === 'collect') return collect(question);
  devices = question.devices;
  const { addresses } = question;
  const subscribe = JSON.stringify({ subscribe: devices.map((deviceId) => `device:${deviceId}`) });
  for (let from = 0; from < addresses.length; from += AT_ONCE) {
    const opened = await Promise.all(addresses.slice(from, from + AT_ONCE).map(openWatchSocket));
    for (const socket of opened) socket.send(subscribe);
    sockets.push(...opened);
  }
  return { watchers: sockets.length, complete: 0, latency: spread([]) };
});

/** Waits until every watcher has everything, or the time is up; reads the texts only then. */
async function collect(ask: WatchersAsk & { kind: 'collect' }): Promise<WatchersAnswer> {
  const wanted = (ask.to - ask.from) * devices.length;
  const deadline = now() + ask.timeoutMs;
  while (now() < deadline && sockets.some((socket) => socket.received.length < wanted)) await pause(50);
  const latencies: number[] = [];
  let complete = 0;
  for (const { received } of sockets) {
    const seen = new Set<string>();
    for (const one of received) readOne(one, ask, seen, latencies);
    if (seen.size === wanted) complete++;
  }
  return { watchers: sockets.length, complete, latency: spread(latencies) };
}

function readOne(
  { at, text }: Received,
  ask: WatchersAsk & { kind: 'collect' },
  seen: Set<string>,
  latencies: number[],
) {
  const { data } = JSON.parse(text.toString('utf8')) as { data?: Partial<LiveDeviceData> };
  const number = data?.values?.[NUMBER_METRIC]?.value;
  if (typeof number !== 'number') return;
  const order = messageOf(number);
  const device = devices.indexOf(data?.deviceId ?? '');
  if (order < ask.from || order >= ask.to || device < 0) return;
  seen.add(`${device} ${order}`);
  latencies.push(at - dueAt(ask.schedule, ask.indexes[device] as number, order));
}
