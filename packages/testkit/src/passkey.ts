import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { NewCredential, UsedCredential } from '@muster/contract/passkeys';

/** What a browser would be told, as far as an authenticator looks at it. */
export interface PasskeyOptions {
  challenge: string;
  rp?: { id?: string };
  rpId?: string;
  user?: { id: string };
}

/** What is wrong about an answer on purpose. */
export interface PasskeyFaults {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** The person did not unlock it. */
  unverified?: boolean;
  /** As a copy of the authenticator would count. */
  count?: number;
  userHandle?: string;
  type?: string;
}

/** An authenticator with one key (WebAuthn Level 3, 6), without a person before it. */
export interface PasskeyAuthenticator {
  readonly id: string;
  make(options: PasskeyOptions, origin: string, faults?: PasskeyFaults): NewCredential;
  use(options: PasskeyOptions, origin: string, faults?: PasskeyFaults): UsedCredential;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

export function createPasskeyAuthenticator(): PasskeyAuthenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let count = 0;
  let userHandle = '';

  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

  function authenticatorData(rpId: string, flags: number, sign: number, attested = Buffer.alloc(0)): Buffer {
    const head = Buffer.alloc(5);
    head[0] = flags;
    head.writeUInt32BE(sign, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head, attested]);
  }

  /** COSE_Key of an ES256 key (RFC 9053 2.1), in CBOR. */
  function coseKey(): Buffer {
    const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string };
    const coordinate = (text: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, 'base64url')]);
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]);
    return Buffer.concat([head, Buffer.from([0x21]), coordinate(x), Buffer.from([0x22]), coordinate(y)]);
  }

  return {
    id: id.toString('base64url'),
    make({ challenge, rp, user }, origin, faults = {}) {
      userHandle = user?.id ?? '';
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const flags = USER_PRESENT | ATTESTED | (faults.unverified ? 0 : USER_VERIFIED);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey()]);
      const data = authenticatorData(faults.rpId ?? rp?.id ?? '', flags, count, attested);
      const text = (word: string) => Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      const client = clientData(
        faults.type ?? 'webauthn.create',
        faults.challenge ?? challenge,
        faults.origin ?? origin,
      );
      return {
        id: id.toString('base64url'),
        clientDataJSON: client.toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      };
    },
    use({ challenge, rpId }, origin, faults = {}) {
      count += 1;
      const flags = USER_PRESENT | (faults.unverified ? 0 : USER_VERIFIED);
      const data = authenticatorData(faults.rpId ?? rpId ?? '', flags, faults.count ?? count);
      const client = clientData(faults.type ?? 'webauthn.get', faults.challenge ?? challenge, faults.origin ?? origin);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return {
        id: id.toString('base64url'),
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        userHandle: faults.userHandle ?? userHandle,
      };
    },
  };
}
