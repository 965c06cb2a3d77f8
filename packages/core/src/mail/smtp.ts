import { isIP } from 'node:net';
import { isLoopback } from '../platform/config.ts';
import type { Composed } from './compose.ts';

/** One mail to one address. */
export interface Message extends Composed {
  address: string;
  /** The same at every attempt: a reader's program knows by it what it has already. */
  id: string;
  date: Date;
}

/** A server that takes mail. */
export interface Smtp {
  /** Resolves when the server has taken it. @throws whatever stood against it; see {@link readFault} */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/** @param url smtp(s)://[user:password@]host[:port]; `smtp` goes over to TLS with STARTTLS, unless the host is this machine */
export async function createSmtp(url: string, from: string): Promise<Smtp> {
  // loaded only where mail is set up: it takes 20 MB
  const { createTransport } = await import('nodemailer');
  const { protocol, hostname, port, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'smtps:';
  const here = isLoopback(host);
  const transport = createTransport({
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !here,
    // a mail server on the same machine has a certificate for nobody
    ignoreTLS: here && username === '',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(isIP(host) ? {} : { servername: host }) },
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s<>@]+?)>?$/.exec(from)?.[1] ?? 'localhost';
  return {
    async send({ address, id, date, subject, text, html }, signal) {
      await transport.sendMail({
        from,
        // as an object it is one address, whatever stands in it
        to: { name: '', address },
        subject,
        text,
        html,
        date,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
    },
  };
}

/** Why a mail was not taken. */
export interface SendFault {
  detail: string;
  /** No attempt will change it: the server knows no such address, or does not want this mail. */
  final: boolean;
  /** It is about the way to the server, not about this mail. */
  server: boolean;
}

/** Reads what sending failed with. */
export function readFault(error: unknown): SendFault {
  const { code, command, responseCode, message } = error as Record<string, unknown>;
  const isRefusal = code === 'EENVELOPE' || code === 'EMESSAGE';
  // a sender that is not welcome is none of the reader's faults, and 421 says that the server closes
  const aboutMail = isRefusal && command !== 'MAIL FROM' && responseCode !== 421;
  return {
    detail: String(message ?? error).slice(0, 300),
    // without an answer it was refused here: no server takes such an address
    final: aboutMail && (typeof responseCode !== 'number' || responseCode >= 500),
    server: !aboutMail,
  };
}
