import { type Server as HttpServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Problem } from '@muster/contract/schema';
import { newId } from '../uuid.ts';
import { securityHeaders, unkept } from './headers.ts';

/** Answers what never becomes a request as everything else is answered: with a problem and with all headers. */
export interface Unparsed {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const details: Record<number, string> = {
  400: 'This is no HTTP request.',
  403: 'This server speaks HTTPS only. What was just sent was not protected on its way.',
  408: 'The request did not come in time.',
  417: 'What the header Expect asks for is not known.',
  431: 'The header is too large.',
};

/** @param status one of those that have their sentence here */
export function problemOutside(status: number, instance = '', detail = details[status] as string): Unparsed {
  const requestId = newId();
  const title = STATUS_CODES[status] as string;
  const problem: Problem = { type: 'about:blank', title, status, detail, instance, requestId, errors: [] };
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders,
    ...unkept,
    'x-request-id': requestId,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  return { status, headers, body };
}

/** Of what Node's parser does not take, and what comes too late. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { code } = error;
  writeRaw(socket, code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
}

/** Ends a connection whose answer nobody has begun, with a problem. */
export function writeRaw(socket: Duplex, status: number, detail?: string): void {
  // of a request before, whose answer is under way, nothing may be cut in two
  const { _httpMessage: under } = socket as Duplex & { _httpMessage?: ServerResponse | null };
  if (!socket.writable || under?.headersSent) {
    socket.destroy();
    return;
  }
  const { headers, body } = problemOutside(status, '', detail);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join('\r\n');
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}

/** What Node would answer by itself, without any header of ours. */
export function answerOutside(server: HttpServer): void {
  server.on('checkExpectation', (request: IncomingMessage, reply: ServerResponse) => {
    const { status, headers, body } = problemOutside(417, request.url?.split('?', 1)[0]);
    reply.writeHead(status, headers).end(body);
  });
}
