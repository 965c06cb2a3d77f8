import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Solution } from '@muster/contract/solution';
import { bindAccess, createAccessCatalogue } from './access/index.ts';
import { bindAudit, type Checkpoints, createCheckpoints, openAuditKey } from './audit/index.ts';
import { createAuthenticate } from './authenticate.ts';
import { bindCommands, createCommands } from './commands/index.ts';
import {
  bindDeviceApi,
  bindDevices,
  createCredentialUse,
  createDeviceConnections,
  createDeviceTypes,
  createPresence,
  createRegistry,
  type LiveState,
} from './devices/index.ts';
import { bindEnrollment, createEnrollmentTokens } from './enrollment/index.ts';
import { openIdentity, type Setup } from './identity/index.ts';
import { bindImports } from './imports/index.ts';
import { bindLive, createDelayMeter, createHub, createTickets } from './live/index.ts';
import { createOutbox, createPostman, createSmtp } from './mail/index.ts';
import { bindPlaces, createPlaceKinds } from './places/index.ts';
import { type Bus, createBus } from './platform/bus.ts';
import { type Config, isForHereOnly } from './platform/config.ts';
import { migrate } from './platform/db/migrate.ts';
import { type ConnectionSettings, connectAlone, createPool } from './platform/db/pool.ts';
import { startDatabase } from './platform/db/start.ts';
import { type Db, openDb } from './platform/db/store.ts';
import { watchDisk } from './platform/disk.ts';
import { invalid, MusterError } from './platform/errors.ts';
import { createHttpApp } from './platform/http/app.ts';
import { createBinder } from './platform/http/bind.ts';
import { serveDocs } from './platform/http/docs.ts';
import { honourIdempotencyKeys } from './platform/http/idempotency.ts';
import { serveWeb } from './platform/http/web.ts';
import type { Log } from './platform/log.ts';
import { createEmbeddedBroker, type EmbeddedBroker } from './platform/mqtt/broker.ts';
import { openPorts } from './platform/ports.ts';
import { createRefusals } from './platform/refusals.ts';
import { tellRunning } from './platform/running.ts';
import { openSecret } from './platform/secret.ts';
import { openCertificate, type ServerCertificate } from './platform/tls/certificate.ts';
import { newId } from './platform/uuid.ts';
import {
  bindSystem,
  createHealth,
  createHttpHistogram,
  createInstallationReader,
  createMetrics,
  createRateMeter,
  openMetricsToken,
} from './system/index.ts';
import { bindTelemetry, createTelemetry, type Telemetry } from './telemetry/index.ts';

export interface MusterOptions {
  config: Config;
  solutions: readonly Solution[];
  log: Log;
  version: string;
  /** Folder of the built web app; without it only the API is served. */
  webRoot?: string;
}

/** A running server. */
export interface Muster {
  http: string;
  mqtt: string;
  /** Where a program on this machine connects. */
  mqttHere: string;
  db: Db;
  setup: Setup;
  /** Opens the setup page; undefined when the installation had its owner at the start. */
  setupToken: string | undefined;
  /** Checkpoints, rollups and retention, which otherwise happen when their time has come. */
  keeper: Telemetry['keeper'];
  /** Signatures of the audit trail, which otherwise happen when their time has come. */
  checkpoints: Checkpoints;
  /** What people and devices are shown; undefined: there is no TLS. */
  certificate: ServerCertificate | undefined;
  /** Stops in order: no new data, what is in flight is committed and acknowledged, then everything ends. */
  stop(): Promise<void>;
}

/**
 * Starts everything in the order in which it needs each other, and undoes it when a part does not start.
 * @throws MusterError with a sentence that says what to do
 */
export async function startMuster({ config, solutions, log, version, webRoot }: MusterOptions): Promise<Muster> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      await Promise.resolve(step()).catch((error) => log.error({ err: error }, 'a part did not stop cleanly'));
    }
  };
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(): Promise<Muster> {
    const startedAt = new Date();
    let stopping = false;
    await mkdir(config.dataDir, { recursive: true, mode: 0o755 });
    const secret = await openSecret(config.secretFile);
    const database = await startDatabase(config, log);
    undo.push(database.stop);
    const { settings } = database;
    await prepareTables(settings, log);
    const db = openDb(settings, log);
    undo.push(db.stop);
    const bus: Bus = createBus(db, log);
    await bus.start();
    undo.push(bus.stop);

    const types = createDeviceTypes(solutions);
    let broker: EmbeddedBroker | undefined;
    const telemetry = createTelemetry({
      settings,
      log,
      typeOf: types.typeOf,
      onPressure: (full) => broker?.setPressure(full),
    });
    await telemetry.start();
    undo.push(telemetry.stop);
    // an outside database fills a disk that is not ours to watch
    const disk = config.databaseUrl ? undefined : watchDisk(config.dataDir, log, telemetry.writer.hold);
    undo.push(() => disk?.stop());
    const catalogue = createAccessCatalogue(solutions);
    const refusals = createRefusals(db, log);
    undo.push(refusals.stop);
    const urls = { http: '', mqtt: '' };
    const { mail } = config;
    const outbox = createOutbox(secret, mail !== undefined);
    const postman =
      mail &&
      createPostman({ db, secret, smtp: await createSmtp(mail.smtpUrl, mail.from), base: () => urls.http, log });
    undo.push(() => postman?.stop());
    const identity = await openIdentity({ db, secret, catalogue, outbox, refusals, dataDir: config.dataDir, log });
    undo.push(identity.stop);
    const { setup } = identity;
    const auditKey = await openAuditKey(db, secret);
    const checkpoints = createCheckpoints(db, auditKey, config.dataDir, log);
    undo.push(checkpoints.stop);
    const certificate = config.tls.on ? await openCertificate(config, log) : undefined;
    undo.push(() => certificate?.stop());
    const app = await createHttpApp(log, version, {
      trustedProxies: config.trustedProxies,
      isSecure: config.tls.on || (config.publicUrl?.startsWith('https:') ?? false),
      ...(certificate && { certificate: certificate.current() }),
    });
    undo.push(() => app.close());
    const credentials = createCredentialUse(db, refusals, log);
    undo.push(credentials.stop);
    const registry = createRegistry(db, bus, credentials.used);
    const presencePool = createPool(settings, 'muster_ingest', 2, log);
    undo.push(() => presencePool.end());
    const presence = createPresence(presencePool, telemetry, log);
    bus.onGap(identity.forget);
    const delay = createDelayMeter();
    const hub = createHub(delay);
    telemetry.onStored(hub.onStored);
    telemetry.onEvent(hub.onEvent);
    presence.onChanged(hub.onStatus);
    bus.on((message) => {
      if (message.kind === 'access.changed') identity.forget();
      if (message.kind === 'command.changed') {
        const channel = telemetry.channels.get(message.number);
        if (channel) hub.onCommand(channel, { id: message.id, state: message.state });
      }
      if (message.kind === 'mail.posted') postman?.wake();
      if (message.kind === 'organization.changed') telemetry.channels.load().catch((error) => log.warn({ err: error }));
    });
    const meter = createRateMeter(telemetry, ({ of }) => {
      for (const organization of hub.organizationsWatched()) hub.tellFigures(organization, of(organization));
    });

    const commands = createCommands({ db, bus, telemetry, connections: () => connections, log });
    const connections = createDeviceConnections({
      registry,
      telemetry,
      presence,
      credentials,
      rooms: { commands: commands.room },
      log,
    });
    broker = await createEmbeddedBroker(connections.hooks);
    const mqttBroker = broker;
    undo.push(() => mqttBroker.stop());
    presence.start();
    await commands.start();
    hub.start();
    undo.push(async () => {
      stopping = true;
      mqttBroker.stopAccepting();
      hub.stop();
      meter.stop();
      delay.stop();
      await commands.stop();
      await presence.stop();
      await telemetry.writer.settle();
    });
    let listening = false;
    const health = createHealth({
      storeAway: () => telemetry.away,
      storeFull: () => telemetry.pressure.full,
      oldestWaitMs: () => telemetry.writer.oldestWaitMs(),
      brokerListening: () => listening,
      databaseDown: database.down,
      disk: () => disk,
      mail: () => postman,
      stopping: () => stopping,
    });
    const live: LiveState = (device) => {
      const channel = telemetry.channels.get(device);
      return channel && { status: channel.status, lastSeen: channel.lastSeen };
    };

    const authenticate = createAuthenticate({
      identify: identity.identify,
      enrollmentTokens: createEnrollmentTokens(db, identity.throttle, refusals),
      opensMetrics: await openMetricsToken(config.dataDir),
    });
    honourIdempotencyKeys(app, db, secret);
    const bind = createBinder(app, authenticate, refusals);
    const metrics = createMetrics({ telemetry, hub, delay, broker: mqttBroker, postman });
    const durations = createHttpHistogram(metrics);
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    });
    let origins: readonly string[] = [];
    const readInstallation = createInstallationReader({
      db,
      meter,
      delay,
      dataDir: config.dataDir,
      embedded: config.databaseUrl === undefined,
      version,
      startedAt,
      urls: () => urls,
    });
    const kinds = createPlaceKinds(solutions);
    identity.bind(bind, {
      publicUrl: () => urls.http,
      origins: () => origins,
      onOrganization: () => telemetry.channels.load(),
    });
    bindAccess(bind, db, catalogue);
    bindAudit(bind, { db, key: auditKey, dataDir: config.dataDir });
    bindPlaces(bind, db, kinds, live);
    bindDevices(bind, db, types, kinds, live);
    bindImports(bind, { db, types: types.byId, kinds });
    bindCommands(bind, db, types.typeOf);
    bindEnrollment(bind, { db, types: types.byId, kinds, live, refusals });
    bindTelemetry(bind, { db, telemetry });
    bindLive(app, bind, { db, hub, registry, telemetry, tickets: createTickets(), identify: identity.identify, bus });
    bindSystem(app, bind, { db, live, health, metrics, authenticate, readInstallation, urls: () => urls });
    await bindDeviceApi(app, { registry, telemetry, presence, commands });
    const authority = certificate?.authority;
    if (authority) {
      app.get('/.well-known/ca.pem', { schema: { hide: true } }, (_, reply) =>
        reply
          .type('application/x-pem-file')
          .header('content-disposition', 'attachment; filename="muster-ca.pem"')
          .send(authority),
      );
    }
    app.get('/.well-known/jwks.json', { schema: { hide: true } }, async () => identity.jwks());
    // what lies open on the machine of whoever tries Muster out is nobody's business where others reach it (SEC-O1)
    await serveDocs(app, isForHereOnly(config) ? undefined : (request) => authenticate(request, 'caller'));
    await serveWeb(app, webRoot ?? join(config.dataDir, 'no-web'));

    // before anybody can ask: ready means that the first owner is there too
    if (config.owner) await makeOwner(setup, config.owner, () => telemetry.channels.load());
    // asked now: a server that runs does not depend on its store
    const setupToken = !config.owner && (await setup.required()) ? await setup.token() : undefined;

    const ports = await openPorts({ config, app, broker: mqttBroker, certificate });
    undo.push(ports.stop);
    listening = true;
    urls.http = ports.http;
    urls.mqtt = ports.mqtt;
    origins = ports.origins;
    if (mail && !config.publicUrl)
      log.warn({ link: urls.http }, 'MUSTER_PUBLIC_URL is not set: links in mails lead here');
    checkpoints.start();
    postman?.start();
    undo.push(
      await tellRunning(config.dataDir, {
        pid: process.pid,
        http: ports.http,
        mqtt: ports.mqttHere,
        settings,
        secretFile: config.secretFile,
        sendsMail: mail !== undefined,
      }),
    );
    log.info({ ...urls, ms: Date.now() - startedAt.getTime() }, 'ready');
    return {
      ...urls,
      mqttHere: ports.mqttHere,
      db,
      setup,
      setupToken,
      keeper: telemetry.keeper,
      checkpoints,
      certificate,
      stop,
    };
  }
}

/** The unattended first start: environment variables stand in for the setup page. */
async function makeOwner(
  setup: Setup,
  owner: NonNullable<Config['owner']>,
  onOrganization: () => Promise<void>,
): Promise<void> {
  if (!(await setup.required())) return;
  const { username, password, organization: slug } = owner;
  const input = {
    organization: { name: slug, slug },
    owner: { username, email: `${username}@localhost.invalid`, password },
  };
  await setup.create(input, newId()).catch((error) => {
    const fault =
      error instanceof MusterError ? error.faults.find(({ path }) => path === '/owner/password') : undefined;
    throw fault ? invalid(`MUSTER_OWNER_PASSWORD ${fault.message}.`) : error;
  });
  await onOrganization();
}

/** Brings the tables up to date, as their owner. */
async function prepareTables(settings: ConnectionSettings, log: Log): Promise<void> {
  const owner = await connectAlone(settings, 'owner');
  try {
    const applied = await migrate(owner);
    if (applied.length > 0) log.info({ applied }, 'the database was brought up to date');
  } finally {
    await owner.end();
  }
}
