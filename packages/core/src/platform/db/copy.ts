import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Signature, flags and header extension of PostgreSQL's binary COPY format. */
export const COPY_HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
export const INT2_OID = 21;
export const INT4_OID = 23;
export const FLOAT8_OID = 701;
export const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_32 = 4_294_967_296;

/** A 64-bit integer below 2^53, without BigInt. */
export function writeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  view.setInt32(at, high);
  view.setUint32(at + 4, value - high * TWO_32);
}

/** Sends finished bytes with one COPY statement; it fails when the connection does. */
export function copy(client: pg.ClientBase, statement: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(statement));
    const onEnd = () => reject(new Error('Connection terminated during COPY'));
    client.once('end', onEnd);
    stream.once('finish', () => {
      client.removeListener('end', onEnd);
      resolve();
    });
    // after a timeout the loss of the connection is a second error of the same stream
    stream.on('error', (error) => {
      client.removeListener('end', onEnd);
      reject(error);
    });
    stream.end(bytes);
  });
}
