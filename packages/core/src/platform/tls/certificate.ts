import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config.ts';
import { invalid } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Certificate } from './authority.ts';

/** What this server shows to whoever connects with TLS. */
export interface ServerCertificate {
  current(): Certificate;
  /** Names and addresses that it is for. */
  names(): string[];
  /** PEM of the authority that signed it, if that is the installation's own. */
  authority: string | undefined;
  /** It was renewed: new connections get the new one. */
  onRenewed(listener: (certificate: Certificate) => void): void;
  /** Looks now whether it must be renewed, as happens every minute. @returns whether it was */
  look(): Promise<boolean>;
  stop(): void;
}

/** Programs that renew certificates write the files and tell nobody. */
const LOOK_MS = 60_000;
/** Renewed after two thirds of its time, as ACME clients do. */
const RENEW_AFTER = 2 / 3;

/**
 * The operator's own certificate, or one of the local authority in `DATA_DIR/tls`, which is made when it is missing.
 * @throws MusterError `invalid` naming the variable when the files are not a certificate and its key
 */
export async function openCertificate(config: Config, log: Log): Promise<ServerCertificate> {
  const source = config.tls.files ? await ownFiles(config.tls.files) : await localAuthority(config);
  let certificate = await source.read();
  const listeners: ((certificate: Certificate) => void)[] = [];
  warnOfItsEnd(certificate, log);
  async function look(): Promise<boolean> {
    if (!(await source.isStale(certificate))) return false;
    certificate = await source.read();
    log.info({ until: new X509Certificate(certificate.cert).validTo }, 'the certificate was renewed');
    for (const listener of listeners) listener(certificate);
    return true;
  }
  const timer = setInterval(() => {
    look().catch((err) => log.error({ err }, 'the certificate can not be renewed; the one before stays'));
  }, LOOK_MS);
  timer.unref();
  return {
    current: () => certificate,
    names: () => namesOf(certificate),
    authority: source.authority,
    onRenewed: (listener) => void listeners.push(listener),
    look,
    stop: () => clearInterval(timer),
  };
}

interface Source {
  authority: string | undefined;
  read(): Promise<Certificate>;
  /** Is there another, or must there be? */
  isStale(certificate: Certificate): Promise<boolean>;
}

async function ownFiles(files: { cert: string; key: string }): Promise<Source> {
  const { readPair } = await import('./authority.ts');
  let readAt = '';
  const changedAt = async () => {
    const times = await Promise.all([files.cert, files.key].map((file) => stat(file).catch(() => undefined)));
    return times.map((time) => `${time?.mtimeMs} ${time?.size}`).join();
  };
  return {
    authority: undefined,
    async read() {
      const at = await changedAt();
      const pair = await readPair(files).catch((error: Error) => {
        throw wrong('MUSTER_TLS_CERT', error.message);
      });
      if (!pair) throw wrong('MUSTER_TLS_CERT', `there is neither ${files.cert} nor ${files.key}`);
      try {
        createSecureContext(pair);
      } catch (error) {
        throw wrong(
          'MUSTER_TLS_CERT',
          `is not a certificate with MUSTER_TLS_KEY as its key: ${(error as Error).message}`,
        );
      }
      readAt = at;
      return pair;
    },
    isStale: async () => (await changedAt()) !== readAt,
  };
}

async function localAuthority(config: Config): Promise<Source> {
  // loaded only where it is used: it is large
  const { openAuthority, readPair, writePair } = await import('./authority.ts');
  const directory = join(config.dataDir, 'tls');
  const files = { cert: join(directory, 'server.pem'), key: join(directory, 'server-key.pem') };
  const authority = await openAuthority(directory);
  const isStale = async (certificate: Certificate) => {
    const { validFromDate, validToDate } = new X509Certificate(certificate.cert);
    const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
    const known = new Set(namesOf(certificate));
    return (
      Date.now() > from + (to - from) * RENEW_AFTER ||
      !certificate.cert.endsWith(authority.cert) ||
      !namesHere(config).every((name) => known.has(name))
    );
  };
  return {
    authority: authority.cert,
    isStale,
    async read() {
      const kept = await readPair(files).catch(() => undefined);
      if (kept && !(await isStale(kept).catch(() => true))) return kept;
      const issued = await authority.issue(namesHere(config));
      await writePair(files, issued);
      return issued;
    },
  };
}

/** Every name and address under which somebody may ask for this server: the one that people are told comes first. */
function namesHere({ host, publicUrl }: Config): string[] {
  const told = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter((one) => !one.scopeid));
  const machine = hostname().toLowerCase();
  const machines = /^[a-z0-9.-]{1,253}$/.test(machine)
    ? [machine, ...(machine.includes('.') ? [] : [`${machine}.local`])]
    : [];
  const named = isWildcard(host) ? [] : [host];
  return [...new Set([...told, ...named, ...machines, 'localhost', ...addresses.map(({ address }) => address)])];
}

export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

const namesOf = ({ cert }: Certificate): string[] =>
  (new X509Certificate(cert).subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .map((name) => (isIP(name) ? canonical(name) : name));

/** One way to write an IPv6 address: certificates tell them in capitals, without the short form. */
const canonical = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

function warnOfItsEnd({ cert }: Certificate, log: Log): void {
  const { validTo, validToDate, validFromDate } = new X509Certificate(cert);
  if (validToDate.getTime() < Date.now()) log.error({ until: validTo }, 'the certificate has expired');
  if (validFromDate.getTime() > Date.now()) log.error({ from: validFromDate }, 'the certificate is not valid yet');
}

const wrong = (path: string, message: string) =>
  invalid(`The settings are not right:\n  ${path} ${message}`, [{ path, message }]);
