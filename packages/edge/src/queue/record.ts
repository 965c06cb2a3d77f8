import { deviceTopics } from '@muster/contract/mqtt';
import type { Quality, Value } from '@muster/contract/telemetry';
import type { DeviceClock } from '../clock/clock.ts';
import type { Moment } from '../clock/moment.ts';
import type { Message } from '../message.ts';

/** Why messages were given up. */
export type GapReason = 'queue_full' | 'disk_full' | 'disk_error' | 'damaged';

/** Messages that were taken and given up, or could not be taken; `count` null: nobody knows how many. */
export interface Gap {
  from: Moment | null;
  to: Moment;
  count: number | null;
  reason: GapReason;
}

/** What a message says, as it waits on the disk: its time is told by the clock when it leaves. */
export type Content =
  | { kind: 'telemetry'; values: Readonly<Record<string, Value>>; quality?: Readonly<Record<string, Quality>> }
  | { kind: 'event'; type: string; data: unknown }
  | { kind: 'gap'; gap: Gap };

export interface Recorded {
  /** Names the numbering: a start of the device together with its queue. */
  boot: string;
  seq: number;
  moment: Moment;
  content: Content;
}

/** Puts a message into the words of the wire. */
export function compose(deviceId: string, { boot, seq, moment, content }: Recorded, clock: DeviceClock): Message {
  const { ts, certain } = clock.timeOf(moment);
  if (content.kind === 'telemetry') {
    const { values } = content;
    const quality = certain ? content.quality : uncertain(values, content.quality);
    return { topic: deviceTopics.telemetry(deviceId), payload: JSON.stringify({ ts, boot, seq, quality, values }) };
  }
  const { type, data } = content.kind === 'event' ? content : { type: 'queue_gap', data: tell(content.gap, clock) };
  return { topic: deviceTopics.events(deviceId), payload: JSON.stringify({ ts, type, data }) };
}

/** Every value is at best uncertain when nobody knows when it was measured. */
function uncertain(
  values: Readonly<Record<string, Value>>,
  quality: Readonly<Record<string, Quality>> = {},
): Record<string, Quality> {
  return Object.fromEntries(
    Object.keys(values).map((metric) => [metric, quality[metric] === 'bad' ? 'bad' : 'uncertain']),
  );
}

function tell({ from, to, count, reason }: Gap, clock: DeviceClock): object {
  const time = (moment: Moment | null) => {
    const ts = moment === null ? undefined : clock.timeOf(moment).ts;
    return ts === undefined ? null : new Date(ts).toISOString();
  };
  return { from: time(from), to: time(to), count, reason };
}

/** One gap of two. */
export const joined = (first: Gap, second: Gap): Gap => ({
  from: first.from,
  to: second.to,
  count: first.count === null || second.count === null ? null : first.count + second.count,
  reason: second.reason,
});
