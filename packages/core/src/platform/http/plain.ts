import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import { securityHeaders } from './headers.ts';
import { answerClientError, answerOutside, problemOutside } from './unparsed.ts';

/** The type of record that a client of TLS speaks first (RFC 8446 5.1). */
const HANDSHAKE = 0x16;
/** So long somebody who connects may stay silent. */
const SILENT_MS = 10_000;

const OPTIONS = { requestTimeout: 10_000, headersTimeout: 10_000, requireHostHeader: false };

/**
 * Answers whoever comes with plain HTTP: a page is asked for again with HTTPS, anything else is told that it should have been.
 * @param addressFor base of the address for a `Host` header, such as `https://muster.lan:8443`
 */
export function createPlainAnswer(addressFor: (host: string | undefined) => string): HttpServer {
  const server = createServer(OPTIONS, (request, reply) => {
    request.resume();
    if (request.method === 'GET' || request.method === 'HEAD') {
      const location = addressFor(request.headers.host) + pathOf(request);
      reply.writeHead(308, { ...securityHeaders, location, connection: 'close', 'content-length': 0 }).end();
      return;
    }
    // a redirection would hide that a password has just crossed the network for everybody to read
    const { status, headers, body } = problemOutside(403, pathOf(request).split('?', 1)[0]);
    reply.writeHead(status, headers).end(body);
  });
  server.on('clientError', answerClientError);
  answerOutside(server);
  server.maxConnections = 1000;
  return server;
}

const pathOf = ({ url = '/' }: IncomingMessage): string => (url.startsWith('/') ? url : '/');

/** Lets a port of HTTPS take plain HTTP too: the first byte tells which of the two it is. */
export function acceptPlain(secure: NetServer, plain: HttpServer): void {
  const takers = secure.listeners('connection') as ((socket: Socket) => void)[];
  secure.removeAllListeners('connection');
  secure.on('connection', (socket: Socket) => {
    const giveUp = () => socket.destroy();
    const timer = setTimeout(giveUp, SILENT_MS);
    socket.on('error', giveUp);
    socket.once('close', () => clearTimeout(timer));
    socket.once('readable', () => {
      clearTimeout(timer);
      const first = socket.read(1) as Buffer | null;
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      socket.removeListener('error', giveUp);
      if (first[0] === HANDSHAKE) for (const take of takers) take.call(secure, socket);
      else plain.emit('connection', socket);
    });
  });
}
