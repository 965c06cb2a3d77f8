import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MusterError } from './errors.ts';

/** What is made of the installation's secret: keys for one purpose each, and the wrapping of keys kept in the database. */
export interface Secret {
  /** HMAC-SHA-256 under a key for this purpose alone. */
  sign(purpose: string, text: string): Buffer;
  /** AES-256-GCM; `name` is bound to the result, so it can't be moved elsewhere. */
  wrap(name: string, plain: Buffer): string;
  /** @throws MusterError `unavailable` when the secret is not the one it was wrapped with */
  unwrap(name: string, wrapped: string): Buffer;
}

/** Reads the secret file, or makes it at the first start (mode 0600). */
export async function openSecret(file: string): Promise<Secret> {
  const root = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new MusterError('unavailable', `The secret file ${file} can't be read: ${error.message}`, { cause: error });
  });
  const text = root?.toString('utf8').trim() ?? (await create(file));
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new MusterError('unavailable', `The secret file ${file} must hold 64 hexadecimal digits.`);
  }
  const key = (purpose: string) => Buffer.from(hkdfSync('sha256', Buffer.from(text, 'hex'), 'muster', purpose, 32));
  return {
    sign: (purpose, message) => createHmac('sha256', key(purpose)).update(message).digest(),
    wrap(name, plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key('wrap'), nonce).setAAD(Buffer.from(name));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    unwrap(name, wrapped) {
      const bytes = Buffer.from(wrapped, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key('wrap'), bytes.subarray(0, 12)).setAAD(Buffer.from(name));
      decipher.setAuthTag(bytes.subarray(12, 28));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
      } catch (cause) {
        const detail = `The secret file ${file} is not the one this database was made with. Restore it from your backup.`;
        throw new MusterError('unavailable', detail, { cause });
      }
    },
  };
}

async function create(file: string): Promise<string> {
  const text = randomBytes(32).toString('hex');
  await mkdir(dirname(file), { recursive: true });
  // 'wx': of two servers that start at once only one makes it
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await chmod(file, 0o600);
  return (await readFile(file, 'utf8')).trim();
}
