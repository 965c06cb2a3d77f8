// the library below finds its parts by it
import 'reflect-metadata';
import { createPrivateKey, X509Certificate as Parsed, webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { MusterError } from '../errors.ts';

/** A certificate with its key, both as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate authority of this installation alone: who trusts it, trusts what this server shows. */
export interface Authority {
  /** PEM, to be installed on browsers and devices. */
  cert: string;
  /** A certificate for a server under these names and addresses. */
  issue(names: readonly string[]): Promise<Certificate>;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** The longest that browsers accept of anybody (CA/Browser Forum, before March 2026; Apple: TN HT211025). */
const CERTIFICATE_DAYS = 397;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** A device whose clock is a little slow trusts it all the same. */
const EARLIER_MS = DAY_MS;

/**
 * Reads the authority of a directory, or makes it: `ca.pem`, and `ca-key.pem` with mode 0600.
 * @throws MusterError `unavailable` when one of the two files is there and can not be used
 */
export async function openAuthority(directory: string): Promise<Authority> {
  const files = { cert: join(directory, 'ca.pem'), key: join(directory, 'ca-key.pem') };
  const found = (await readPair(files)) ?? (await create(directory, files));
  const signingKey = await importKey(found.key, files.key);
  const certificate = parse(found.cert, files.cert);
  if (!new Parsed(found.cert).checkPrivateKey(createPrivateKey(found.key))) {
    throw unusable(files.key, 'it is not the key of ca.pem');
  }
  return {
    cert: found.cert,
    async issue(names) {
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const issued = await X509CertificateGenerator.create({
        ...period(CERTIFICATE_DAYS),
        serialNumber: serialNumber(),
        subject: [{ CN: [names[0] ?? 'muster'] }],
        issuer: certificate.subject,
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
          ),
          await SubjectKeyIdentifierExtension.create(keys.publicKey),
          await AuthorityKeyIdentifierExtension.create(certificate.publicKey),
        ],
      });
      return { cert: `${issued.toString('pem')}\n${found.cert}`, key: await exportKey(keys.privateKey) };
    },
  };
}

async function create(directory: string, files: { cert: string; key: string }): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    ...period(AUTHORITY_DAYS),
    serialNumber: serialNumber(),
    name: [{ CN: [`Muster on ${hostname()}`.slice(0, 64)] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pair = { cert: `${made.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writePair(files, pair);
  return pair;
}

/** Both files of a pair; undefined when neither is there. @throws MusterError `unavailable` when only one is */
export async function readPair(files: { cert: string; key: string }): Promise<Certificate | undefined> {
  const [cert, key] = await Promise.all([readOr(files.cert), readOr(files.key)]);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw unusable(files.cert, `it is missing beside ${files.key}`);
  if (key === undefined) throw unusable(files.key, `it is missing beside ${files.cert}`);
  return { cert, key };
}

/** The key first: a certificate without its key would be taken for a fault. */
export async function writePair(files: { cert: string; key: string }, pair: Certificate): Promise<void> {
  for (const [file, text, mode] of [
    [files.key, pair.key, 0o600],
    [files.cert, pair.cert, 0o644],
  ] as const) {
    await writeFile(`${file}.new`, text, { mode });
    await rename(`${file}.new`, file);
  }
}

const readOr = (file: string) =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unusable(file, error.message);
  });

const unusable = (file: string, why: string) =>
  new MusterError(
    'unavailable',
    `The file ${file} can not be used: ${why}. Restore it from your backup; or remove ca.pem and ca-key.pem to make a new authority, which every browser and device has to be told of.`,
  );

const period = (days: number) => ({
  notBefore: new Date(Date.now() - EARLIER_MS),
  notAfter: new Date(Date.now() - EARLIER_MS + days * DAY_MS),
});

/** 127 random bits, positive (RFC 5280 4.1.2.2). */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function parse(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw unusable(file, (error as Error).message);
  }
}

async function importKey(pem: string, file: string): Promise<webcrypto.CryptoKey> {
  try {
    return await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
  } catch (error) {
    throw unusable(file, (error as Error).message);
  }
}
