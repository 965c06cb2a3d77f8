import type { DeviceCredential } from '@muster/edge/simulate/options';
import fc from 'fast-check';

/** MQTT 3.1.1 as grammar: packets that are right, nearly right and wrong, as bytes. */

const byte = fc.nat(255);
const twoBytes = (value: number) => Buffer.from([value >> 8, value & 255]);
const text = (value: string | Uint8Array) => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([twoBytes(bytes.length & 0xffff), bytes]);
};

function packet(type: number, flags: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; ; left >>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Buffer.from([(type << 4) | flags, ...length]), body]);
}

interface Connect {
  name: string;
  level: number;
  flags: number;
  keepalive: number;
  fields: (string | Uint8Array)[];
}

const connect = ({ name, level, flags, keepalive, fields }: Connect): Buffer =>
  packet(1, 0, text(name), Buffer.from([level, flags]), twoBytes(keepalive), ...fields.map(text));

const CLEAN_WITH_CREDENTIAL = 0xc2;
const WILL = 0x04;

/** How the device signs in as it should. */
const rightConnect = ({ organization, deviceId, token }: DeviceCredential): Connect => ({
  name: 'MQTT',
  level: 4,
  flags: CLEAN_WITH_CREDENTIAL,
  keepalive: 60,
  fields: [`fuzz-${deviceId}`, `${organization}/${deviceId}`, token],
});

const deep = Array.from({ length: 150 }, (_, level) => level).join('/');
/** Names and topics that went wrong somewhere before. */
const oddTexts: (string | Uint8Array)[] = [
  '',
  '/',
  '#',
  '+',
  'devices/+/telemetry',
  'devices/#',
  '$SYS/broker/clients',
  '$SYS/#',
  '__proto__',
  'constructor',
  'devices/__proto__/telemetry',
  'hasOwnProperty/toString',
  '\0',
  'devices/\0/telemetry',
  deep,
  `devices/${deep}`,
  `${'+/'.repeat(99)}#`,
  'x'.repeat(65_535),
  Buffer.from([0xff, 0xfe, 0xfd]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xc0, 0x80]),
];

const anyText = (own: string) =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('telemetry', 'events', 'status', 'commands/#').map((room) => `devices/${own}/${room}`),
    },
    { weight: 3, arbitrary: fc.constantFrom(...oddTexts) },
    { weight: 1, arbitrary: fc.string({ maxLength: 30, unit: 'binary' }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
  );

const id = fc.oneof(fc.constantFrom(0, 1, 65_535), fc.nat(65_535)).map(twoBytes);
const payload = fc.oneof(
  fc.constantFrom('{"values":{"a":1}}', '{"values":{"__proto__":1}}', 'online', '[]', ''),
  fc.json({ maxDepth: 3 }),
  fc.uint8Array({ maxLength: 200 }),
);

/** Any packet that a client may send, and those it may not. */
function anyPacket(own: string): fc.Arbitrary<Buffer> {
  const topic = anyText(own).map(text);
  const publish = fc
    .tuple(fc.nat(15), topic, id, payload)
    .map(([flags, name, messageId, content]) =>
      packet(3, flags, name, ...(flags & 6 ? [messageId] : []), Buffer.from(content as string)),
    );
  const filters = fc.array(fc.tuple(topic, fc.nat(4)), { maxLength: 60 });
  const subscribe = fc
    .tuple(fc.constantFrom(2, 0, 15), id, filters)
    .map(([flags, messageId, list]) =>
      packet(8, flags, messageId, ...list.map(([name, qos]) => Buffer.concat([name, Buffer.from([qos])]))),
    );
  const unsubscribe = fc
    .tuple(id, fc.array(topic, { maxLength: 5 }))
    .map(([messageId, names]) => packet(10, 2, messageId, ...names));
  const answers = fc
    .tuple(fc.constantFrom(4, 5, 6, 7), fc.nat(15), id)
    .map(([type, flags, messageId]) => packet(type, flags, messageId));
  const others = fc
    .tuple(fc.nat(15), fc.nat(15), fc.uint8Array({ maxLength: 20 }))
    .map(([type, flags, rest]) => packet(type, flags, rest));
  return fc.oneof(
    { weight: 5, arbitrary: publish },
    { weight: 3, arbitrary: subscribe },
    { weight: 1, arbitrary: unsubscribe },
    { weight: 2, arbitrary: answers },
    { weight: 1, arbitrary: fc.constant(packet(12, 0)) },
    { weight: 1, arbitrary: others },
  );
}

function anyConnect(own: DeviceCredential): fc.Arbitrary<Buffer> {
  const right = rightConnect(own);
  const [, username = '', token = ''] = right.fields;
  const will = fc.tuple(anyText(own.deviceId), payload, fc.nat(7), fc.boolean()).map(([topic, content, qos, clean]) =>
    connect({
      ...right,
      flags: (clean ? CLEAN_WITH_CREDENTIAL : CLEAN_WITH_CREDENTIAL ^ 2) | WILL | (qos << 3),
      fields: ['fuzz-will', topic, content, username, token],
    }),
  );
  const odd = fc
    .record({
      name: fc.constantFrom('MQTT', 'MQIsdp', '', 'HTTP'),
      level: fc.oneof(fc.constantFrom(3, 4, 5, 0x83, 0x84), byte),
      flags: byte,
      keepalive: fc.nat(65_535),
      fields: fc.array(anyText(own.deviceId), { maxLength: 5 }),
    })
    .map(connect);
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(connect(right)) },
    { weight: 4, arbitrary: will },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: anyPacket(own.deviceId) },
  );
}

interface Mutation {
  kind: 'flip' | 'cut' | 'insert' | 'twice';
  at: number;
  bit: number;
  bytes: Uint8Array;
}

/** What a careless or a hostile sender does to bytes. */
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'insert', 'twice'),
  at: fc.nat(),
  bit: fc.nat(7),
  bytes: fc.uint8Array({ maxLength: 8 }),
});

function mutate(bytes: Buffer, { kind, at: anywhere, bit, bytes: more }: Mutation): Buffer {
  if (bytes.length === 0) return bytes;
  const at = anywhere % bytes.length;
  if (kind === 'cut') return bytes.subarray(0, at);
  if (kind === 'insert') return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  if (kind === 'twice') return Buffer.concat([bytes, bytes.subarray(at)]);
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

/** What one connection sends, in the pieces in which it sends it. */
export type Conversation = Buffer[];

/** @param devices as whose one or the other signs in */
export function conversations(devices: readonly DeviceCredential[]): fc.Arbitrary<Conversation> {
  const packets = fc
    .constantFrom(...devices)
    .chain((own) => fc.tuple(anyConnect(own), fc.array(anyPacket(own.deviceId), { maxLength: 8 })));
  const changes = fc.array(fc.tuple(fc.nat(), mutation), { maxLength: 2 });
  return fc.tuple(packets, changes, fc.boolean()).map(([[first, rest], list, whole]) => {
    const pieces = [first, ...rest];
    for (const [which, how] of list) {
      // who does not sign in gets no further: the first packet is spared mostly
      const index = which % 8 === 0 || pieces.length === 1 ? 0 : 1 + (which % (pieces.length - 1));
      pieces[index] = mutate(pieces[index] as Buffer, how);
    }
    return whole ? [Buffer.concat(pieces)] : pieces;
  });
}

/** What is known to have broken brokers, each as a conversation of its own. */
export function knownAttacks(own: DeviceCredential): Conversation[] {
  const right = rightConnect(own);
  const [client = '', username = '', token = ''] = right.fields;
  const hello = connect(right);
  const mine = text(`devices/${own.deviceId}/telemetry`);
  const withWill = (topic: string | Uint8Array) =>
    connect({
      ...right,
      flags: right.flags | WILL | 8,
      fields: [client, topic, '{"values":{"a":1}}', username, token],
    });
  const publish = (topic: string | Uint8Array, flags = 2) =>
    packet(3, flags, text(topic), ...(flags & 6 ? [twoBytes(1)] : []), Buffer.from('{"values":{"a":1}}'));
  const endless = Buffer.from([0xff, 0xff, 0xff, 0x7f]);
  return [
    [Buffer.concat([Buffer.from([0x10]), endless])],
    [hello, Buffer.concat([Buffer.from([0x32]), endless])],
    [Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01])],
    [publish('a')],
    [packet(8, 2, twoBytes(1), text('#'), Buffer.from([0]))],
    [packet(12, 0)],
    [packet(14, 0)],
    [packet(0, 0)],
    [packet(15, 0)],
    [hello, hello],
    [hello, packet(3, 6, mine, twoBytes(1))],
    [
      hello,
      Buffer.concat(Array.from({ length: 300 }, (_, n) => packet(3, 4, mine, twoBytes(n + 1), Buffer.from('{}')))),
    ],
    [
      hello,
      Buffer.concat(Array.from({ length: 65_535 }, (_, n) => packet(3, 2, mine, twoBytes(n + 1), Buffer.from('1')))),
    ],
    [
      hello,
      packet(8, 2, twoBytes(1), ...Array.from({ length: 5000 }, () => Buffer.concat([text('a/b'), Buffer.from([0])]))),
    ],
    [hello, packet(8, 2, twoBytes(1))],
    [hello, ...Array.from({ length: 20 }, (_, n) => hello.subarray(0, n))],
    ...oddTexts.map((topic) => [hello, publish(topic)]),
    ...oddTexts.map((topic) => [hello, packet(8, 2, twoBytes(1), text(topic), Buffer.from([1]))]),
    ...oddTexts.map((topic) => [withWill(topic)]),
    ...oddTexts.map((name) => [connect({ ...right, fields: [name, username, token] }), publish('a')]),
    ...oddTexts.map((name) => [connect({ ...right, fields: [client, name, token] })]),
    ...[0, 3, 5, 0x83, 255].map((level) => [connect({ ...right, level })]),
    ...Array.from({ length: hello.length }, (_, length) => [hello.subarray(0, length)]),
  ];
}
