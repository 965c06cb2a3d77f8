/** MQTT 3.1.1 packets as bytes, made once before the load begins. */

const CONNECT = 0x10;
const PUBLISH_QOS1 = 0x32;
/** Clean session, and the flags of a user name and a password. */
const CLEAN = 0x02;
const CREDENTIAL = 0xc0;

export interface Credential {
  username: string;
  password: string;
}

/** @param keepAlive seconds */
export function connectPacket(clientId: string, keepAlive: number, credential?: Credential): Buffer {
  const flags = CLEAN | (credential ? CREDENTIAL : 0);
  const head = Buffer.concat([text('MQTT'), Buffer.from([4, flags, keepAlive >> 8, keepAlive & 255])]);
  const names = credential ? [text(credential.username), text(credential.password)] : [];
  return packet(CONNECT, head, text(clientId), ...names);
}

/** A publish of quality of service 1; its payload is its last `payload.length` bytes. */
export function publishPacket(topic: string, messageId: number, payload: Buffer): Buffer {
  return packet(PUBLISH_QOS1, text(topic), Buffer.from([messageId >> 8, messageId & 255]), payload);
}

function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let left = body.length;
  do {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 128 : digit);
  } while (left > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
