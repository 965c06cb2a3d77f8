import type { BrowserContext } from 'playwright-core';

/** What went wrong in the pages of a context without anybody seeing it. */
export interface Watch {
  /** Faults that this test brings about itself: a refused call, a connection that was cut. */
  allow(...patterns: RegExp[]): void;
  /** Everything else, in words; empty when all is well. */
  faults(): string[];
}

/** What Chromium prints about calls that find no server, and about sockets that lose theirs. */
export const lostConnection: RegExp =
  /net::ERR_(?:CONNECTION_\w+|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH|FAILED)|WebSocket (?:connection|is closed)/;

/** What Chromium prints about a call, or a socket, that was answered with this status; about sockets it knows one in words. */
export const refused = (status: number): RegExp =>
  new RegExp(
    `responded with a status of ${status}\\b|WebSocket connection .* failed: ${status === 401 ? 'HTTP Authentication failed' : `.*response code: ${status}\\b`}`,
  );

const reportBlocked = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('content policy: ' + violatedDirective + ' blocked ' + blockedURI))`;

/** Watches every page of a context: the console, uncaught errors, what the content policy blocked, and other hosts. */
export async function watch(context: BrowserContext, origin: string): Promise<Watch> {
  const faults: string[] = [];
  const allowed: RegExp[] = [];

  context.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => faults.push(`uncaught: ${error.error().stack ?? error.error()}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const isWeb = /^(?:https?|wss?):$/.test(url.protocol);
    if (isWeb && url.host !== new URL(origin).host) faults.push(`asked another host: ${request.url()}`);
  });
  await context.addInitScript({ content: reportBlocked });
  return {
    allow: (...patterns) => void allowed.push(...patterns),
    faults: () => [...new Set(faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault))))],
  };
}
