import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { ProviderFault } from '@muster/contract/openid';
import type { CustomFetchOptions } from 'openid-client';

/** Why a provider could not be asked. */
export class OutboundFault extends Error {
  readonly fault: ProviderFault;

  constructor(fault: ProviderFault, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.fault = fault;
  }
}

/** All of a call, from the name's look-up to the last byte. */
const TIMEOUT_MS = 5000;
/** Keys and user info take a few KiB. */
const LARGEST_ANSWER = 256 * 1024;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Where no provider lives, but things that trust whoever reaches them: what clouds tell their machines, this machine's neighbours on the wire. */
const forbidden = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 3],
] as const) {
  forbidden.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['64:ff9b::a9fe:0', 112],
  ['ff00::', 8],
] as const) {
  forbidden.addSubnet(net, bits, 'ipv6');
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const isForbidden = (address: string) => forbidden.check(address, familyOf(address));
const isLoopbackAddress = (address: string) => loopback.check(address, familyOf(address));

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');

/** A provider on this machine: tests and development. */
export const isLoopbackIssuer = (issuer: string): boolean => {
  const host = hostOf(new URL(issuer));
  return host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));
};

/**
 * How a provider is called: over https, or plainly where it is on this machine; never where it must not be, whatever a name is
 * looked up to; never on to where an answer sends; within five seconds and 256 KiB.
 */
export function createOutbound(issuer: string): (url: string, options: CustomFetchOptions) => Promise<Response> {
  const here = isLoopbackIssuer(issuer);
  const mayReach = (address: string) => !isForbidden(address) && isLoopbackAddress(address) === here;
  const refuse = (host: string) => new OutboundFault('address', `${host} is no address where a provider is called.`);

  /** Looked at when the connection is made: a name may be looked up to something else a moment later. */
  const guarded: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const wrong = addresses.some(({ address }) => !mayReach(address));
      const first = addresses[0];
      if (wrong || !first) return callback(refuse(hostname), '', 0);
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };

  return async (url, { method, headers, body, signal }) => {
    const target = new URL(url);
    const host = hostOf(target);
    if (target.protocol !== 'https:' && !(here && target.protocol === 'http:')) {
      throw new OutboundFault('address', `${target.origin} is not https.`);
    }
    if (isIP(host) !== 0 && !mayReach(host)) throw refuse(host);
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await send(target, {
        method,
        headers,
        body: body === null || body === undefined ? '' : String(body),
        lookup: guarded,
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
    } catch (error) {
      if (error instanceof OutboundFault) throw error;
      if (deadline.aborted || signal?.aborted)
        throw new OutboundFault('slow', `${target.origin} gave no answer in time.`, error);
      const { code = 'error' } = error as NodeJS.ErrnoException;
      throw new OutboundFault('unreachable', `${target.origin} can not be reached (${code}).`, error);
    }
  };
}

interface Sending {
  method: string;
  headers: Record<string, string>;
  body: string;
  lookup: LookupFunction;
  signal: AbortSignal;
}

function send(target: URL, { body, ...options }: Sending): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? requestHttps : requestHttp)(target, { ...options, agent: false });
    request.on('error', reject);
    request.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      if (status >= 300 && status < 400) {
        request.destroy();
        reject(new OutboundFault('redirect', `${target.href} sends elsewhere.`));
        return;
      }
      const parts: Buffer[] = [];
      let length = 0;
      answer.on('data', (part: Buffer) => {
        length += part.length;
        if (length > LARGEST_ANSWER) answer.destroy(new OutboundFault('answer', `${target.href} answers too much.`));
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const headers = new Headers();
        for (const [name, value] of Object.entries(answer.headersDistinct)) headers.set(name, value?.join(', ') ?? '');
        resolve(new Response(status === 204 ? null : Buffer.concat(parts), { status, headers }));
      });
    });
    request.end(body);
  });
}
