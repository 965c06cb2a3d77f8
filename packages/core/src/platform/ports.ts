import { createSecureContext, type Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { type Config, isLoopback } from './config.ts';
import { acceptPlain, createPlainAnswer } from './http/plain.ts';
import { listen } from './listen.ts';
import type { EmbeddedBroker } from './mqtt/broker.ts';
import { isWildcard, type ServerCertificate } from './tls/certificate.ts';

export interface PortOptions {
  config: Config;
  app: FastifyInstance;
  broker: EmbeddedBroker;
  /** undefined: without TLS. */
  certificate: ServerCertificate | undefined;
}

/** Where the server is reached. */
export interface Ports {
  /** Base of every address that people are told. */
  http: string;
  /** Where devices connect. */
  mqtt: string;
  /** Addresses under which browsers reach it: the public one, or those that its names make. */
  origins: string[];
  /** Where a program on this machine connects. */
  mqttHere: string;
  stop(): void;
}

/**
 * Opens every port that the settings name.
 * @throws MusterError `conflict` for one that is taken
 */
export async function openPorts({ config, app, broker, certificate }: PortOptions): Promise<Ports> {
  const { host, publicUrl } = config;
  const told = publicUrl === undefined ? toldHost(host, certificate) : new URL(publicUrl).hostname;
  const httpPort = await listen('MUSTER_HTTP_PORT', config.httpPort, async (port) => {
    await app.listen({ host, port });
    return (app.server.address() as { port: number }).port;
  });
  // what is not protected stays on this machine, unless somebody wants it otherwise
  const plainHost = config.mqttPlain || isLoopback(host) ? host : '127.0.0.1';
  const mqttPort = await listen('MUSTER_MQTT_PORT', config.mqttPort, (port) => broker.listen(plainHost, port));
  const mqttHere = `mqtt://${inUrl(isWildcard(plainHost) ? '127.0.0.1' : plainHost)}:${mqttPort}`;
  // a passkey belongs to a name, and browsers trust this one without HTTPS
  const people = certificate || !isLoopback(host) ? told : 'localhost';
  const urls = {
    http: publicUrl ?? `http${certificate ? 's' : ''}://${inUrl(people)}:${httpPort}`,
    mqtt: `mqtt://${inUrl(told)}:${mqttPort}`,
    mqttHere,
  };
  const names = [told, ...(certificate?.names() ?? []), ...(isLoopback(host) ? ['localhost'] : [])];
  const { protocol } = new URL(urls.http);
  const addresses =
    publicUrl === undefined ? names.map((name) => `${protocol}//${inUrl(name)}:${httpPort}`) : [publicUrl];
  // as browsers say it: without the port that everybody knows
  const origins = addresses.map((address) => new URL(address).origin);
  if (!certificate) return { ...urls, origins, stop: () => undefined };

  let context = createSecureContext(certificate.current());
  certificate.onRenewed((next) => {
    context = createSecureContext(next);
    (app.server as unknown as TlsServer).setSecureContext(next);
  });
  const mqttsPort = await listen('MUSTER_MQTTS_PORT', config.mqttsPort, (port) =>
    broker.listen(host, port, () => context),
  );
  const stop = await sendOn({ config, app, certificate, httpPort, base: urls.http });
  return { ...urls, mqtt: `mqtts://${inUrl(told)}:${mqttsPort}`, origins, stop };
}

interface SendOnOptions {
  config: Config;
  app: FastifyInstance;
  certificate: ServerCertificate;
  httpPort: number;
  base: string;
}

/** Who asks for plain HTTP, on the port of HTTPS or on one of its own, is sent to HTTPS. */
async function sendOn({ config, app, certificate, httpPort, base }: SendOnOptions): Promise<() => void> {
  const plain = createPlainAnswer((header) => {
    // a header only chooses among the names that this server is known by
    const name = config.publicUrl === undefined && header !== undefined ? nameOf(header) : undefined;
    return name !== undefined && certificate.names().includes(name) ? `https://${inUrl(name)}:${httpPort}` : base;
  });
  acceptPlain(app.server, plain);
  const { redirectPort } = config;
  if (redirectPort === undefined) return () => plain.closeAllConnections();
  await listen(
    'MUSTER_REDIRECT_PORT',
    redirectPort,
    (port) =>
      new Promise<number>((resolve, reject) => {
        plain.once('error', reject).listen({ host: config.host, port }, () => resolve(port));
      }),
  );
  return () => {
    plain.close();
    plain.closeAllConnections();
  };
}

/** The name by which people reach a server that listens on `host`. */
const toldHost = (host: string, certificate: ServerCertificate | undefined): string =>
  isWildcard(host) ? (certificate?.names()[0] ?? 'localhost') : host;

const inUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

function nameOf(header: string): string | undefined {
  const url = URL.parse(`http://${header}`);
  return url?.hostname.replace(/^\[|\]$/g, '');
}
