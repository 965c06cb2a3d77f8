import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

export interface Question {
  method?: 'GET' | 'POST';
  body?: unknown;
  /** Bearer token. */
  token?: string;
  /** Certificates of the authority that signs the server's, PEM. Default: those that the system trusts. */
  ca?: string | undefined;
}

export interface HttpAnswer {
  status: number;
  /** ms since 1970, to the second; undefined: the server does not tell. */
  date: number | undefined;
  /** undefined: no JSON. */
  json: unknown;
}

const TIMEOUT_MS = 15_000;
const MAXIMUM_BYTES = 1024 * 1024;

/**
 * Asks the server something over HTTP. The certificate is always verified.
 *
 * @throws Error when there is no answer within 15 s
 */
export function ask(url: URL | string, { method = 'GET', body, token, ca }: Question = {}): Promise<HttpAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const isSecure = new URL(url).protocol === 'https:';
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const options = { method, headers, signal, agent: false as const, ...(ca !== undefined && { ca }) };
    const call = (isSecure ? secure : plain)(url, options, (answer) => {
      const { statusCode = 0, headers } = answer;
      const date = Date.parse(headers.date ?? '');
      let said = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        said += piece;
        if (said.length > MAXIMUM_BYTES) call.destroy(new Error('the answer is too long'));
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: statusCode, date: Number.isNaN(date) ? undefined : date, json: parse(said) }),
      );
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** The server's time in ms since 1970, to the second. @throws Error when it does not tell */
export async function askTime(server: string, ca?: string): Promise<number> {
  const { date } = await ask(new URL('/health/live', server), { ca });
  if (date === undefined) throw new Error('the server does not tell its time');
  return date;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
