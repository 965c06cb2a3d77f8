import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { until } from './until.ts';

/** A mail that arrived. */
export interface ArrivedMail {
  to: string[];
  /** As it came: headers and body. */
  source: string;
  header(name: string): string;
  /** The plain text, decoded. */
  text: string;
  html: string;
}

/** What the server does with who comes: `hang` says nothing, `refuse` and `later` answer 550 and 451 to the recipient, `stranger` 530 to the sender, `drop` cuts the connection. */
export type MailMood = 'take' | 'hang' | 'refuse' | 'later' | 'stranger' | 'drop';

/** A real SMTP server in this process, faults included. */
export interface MailServer {
  /** For `MUSTER_SMTP_URL`. */
  url: string;
  readonly mails: readonly ArrivedMail[];
  mood: MailMood;
  /** Connections so far. */
  readonly visits: number;
  /** The newest mail to an address whose text reads like this, when there are `count` of them. */
  arrived(to: string, reads: RegExp, count?: number): Promise<ArrivedMail>;
  /** Mails to an address so far. */
  to(address: string): ArrivedMail[];
  /** Goes away: connections are cut and its port is closed. */
  close(): Promise<void>;
  /** Comes back on the same port. */
  open(): Promise<void>;
}

/** Starts it on a free port of the loopback address; `secure`: with a certificate of its own that nobody vouches for. */
export async function startMailServer({
  secure = false,
  user,
}: {
  secure?: boolean;
  user?: string;
} = {}): Promise<MailServer> {
  const mails: ArrivedMail[] = [];
  const sockets = new Set<Socket>();
  let visits = 0;
  let port = 0;
  let server: SMTPServer | undefined;
  const mail: MailServer = {
    url: '',
    mails,
    mood: 'take',
    get visits() {
      return visits;
    },
    to: (address) => mails.filter(({ to }) => to.includes(address)),
    arrived: (address, reads, count = 1) =>
      until(
        () => {
          const found = mail.to(address).filter(({ text }) => reads.test(text));
          return found.length >= count ? found.at(-1) : undefined;
        },
        `${count} mails like ${reads} have come to ${address}`,
        { deadline: 20_000 },
      ),
    async open() {
      server = new SMTPServer({
        secure,
        hideSTARTTLS: true,
        authOptional: user === undefined,
        disabledCommands: user === undefined ? ['AUTH'] : [],
        allowInsecureAuth: true,
        onAuth: (auth, _session, done) =>
          auth.username === user ? done(null, { user }) : done(new Error('Who are you?')),
        onConnect(_session, done) {
          visits++;
          if (mail.mood !== 'hang') done();
        },
        onMailFrom(_address, _session, done) {
          if (mail.mood !== 'stranger') return done();
          done(Object.assign(new Error('Authentication required'), { responseCode: 530 }));
        },
        onRcptTo(_address, _session, done) {
          if (mail.mood === 'refuse') return done(Object.assign(new Error('No such user here'), { responseCode: 550 }));
          if (mail.mood === 'later') return done(Object.assign(new Error('Come back later'), { responseCode: 451 }));
          done();
        },
        onData(stream, { envelope }, done) {
          if (mail.mood === 'drop') {
            for (const socket of sockets) socket.destroy();
            return;
          }
          text(stream).then((source) => {
            mails.push(
              read(
                source,
                envelope.rcptTo.map(({ address }) => address),
              ),
            );
            done();
          }, done);
        },
      });
      server.on('error', () => undefined);
      server.server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => sockets.delete(socket));
      });
      server.listen(port, '127.0.0.1');
      await once(server.server, 'listening');
      port = (server.server.address() as AddressInfo).port;
      mail.url = `smtp${secure ? 's' : ''}://${user === undefined ? '' : `${user}:secret@`}127.0.0.1:${port}`;
    },
    async close() {
      const closed = new Promise<void>((done) => (server ? server.close(() => done()) : done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  await mail.open();
  return mail;
}

function read(source: string, to: string[]): ArrivedMail {
  const [head = ''] = source.split('\r\n\r\n', 1);
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const part = (type: string) => {
    const at = source.indexOf(`Content-Type: ${type}`);
    const rest = at < 0 ? '' : source.slice(at);
    const start = rest.indexOf('\r\n\r\n') + 4;
    const end = rest.indexOf('\r\n--', start);
    return decode(rest.slice(start, end < 0 ? undefined : end), rest.slice(0, start)).replaceAll('\r\n', '\n');
  };
  return {
    to,
    source,
    header: (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1] ?? '',
    text: part('text/plain'),
    html: part('text/html'),
  };
}

function decode(body: string, head: string): string {
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** The token in the link of a letter. @throws when there is none */
export function linkOf({ text }: ArrivedMail): { url: URL; token: string } {
  const address = /https?:\/\/\S+#\S+/.exec(text)?.[0];
  if (!address) throw new Error(`there is no link in: ${text}`);
  const url = new URL(address);
  return { url, token: url.hash.slice(1) };
}
