import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import Type from 'typebox';
import { Errors } from 'typebox/value';
import { type Fault, invalid } from './errors.ts';

/** Settings of the process, from environment variables, read once at start and passed on. */
export interface Config {
  host: string;
  /** With TLS it serves HTTPS, and sends on who asks for plain HTTP. */
  httpPort: number;
  mqttPort: number;
  mqttsPort: number;
  /** Also listens here for plain HTTP, to send it on to HTTPS: 80, where that is 443. */
  redirectPort: number | undefined;
  tls: {
    on: boolean;
    /** The operator's own certificate; undefined: one of the local authority. */
    files: { cert: string; key: string } | undefined;
  };
  /** Plain MQTT is served beyond loopback too. */
  mqttPlain: boolean;
  dataDir: string;
  /** Outside PostgreSQL 16+; undefined: embedded. */
  databaseUrl: string | undefined;
  /** The only base of links and of addresses shown to people; undefined: the listening address. */
  publicUrl: string | undefined;
  secretFile: string;
  /** Reverse proxies whose word about a caller's address is taken; empty: nobody's. */
  trustedProxies: readonly string[];
  owner: { username: string; password: string; organization: string } | undefined;
  /** Outgoing mail: the server that takes it, and who it says it is from; undefined: there is none. */
  mail: { smtpUrl: string; from: string } | undefined;
  logLevel: string;
}

const Port = Type.String({ pattern: '^(?:0|[1-9][0-9]{0,4})$', description: 'a port number' });
const Environment = Type.Object({
  MUSTER_HOST: Type.Optional(Type.String({ minLength: 1, description: 'an address to listen on' })),
  MUSTER_HTTP_PORT: Type.Optional(Port),
  MUSTER_MQTT_PORT: Type.Optional(Port),
  MUSTER_MQTTS_PORT: Type.Optional(Port),
  MUSTER_REDIRECT_PORT: Type.Optional(Port),
  MUSTER_TLS: Type.Optional(Type.Union([Type.Literal('on'), Type.Literal('off')], { description: 'on or off' })),
  MUSTER_TLS_CERT: Type.Optional(Type.String({ minLength: 1, description: 'a file' })),
  MUSTER_TLS_KEY: Type.Optional(Type.String({ minLength: 1, description: 'a file' })),
  MUSTER_MQTT_PLAIN: Type.Optional(Type.Literal('allow', { description: 'allow, or not set' })),
  MUSTER_DATA_DIR: Type.Optional(Type.String({ minLength: 1, description: 'a directory' })),
  MUSTER_DATABASE_URL: Type.Optional(
    Type.String({ pattern: '^postgres(?:ql)?://', description: 'a postgres:// address' }),
  ),
  MUSTER_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^/]+$', description: 'http(s)://host[:port]' })),
  MUSTER_SECRET_FILE: Type.Optional(Type.String({ minLength: 1, description: 'a file' })),
  MUSTER_TRUSTED_PROXIES: Type.Optional(Type.String({ description: 'addresses or networks, separated by commas' })),
  MUSTER_OWNER_USERNAME: Type.Optional(Type.String({ pattern: '^[^\\s/:]{1,64}$', description: 'a user name' })),
  MUSTER_OWNER_PASSWORD: Type.Optional(Type.String({ minLength: 1, description: 'a password' })),
  MUSTER_ORGANIZATION: Type.Optional(
    Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', description: 'a slug: a-z, 0-9 and -' }),
  ),
  MUSTER_SMTP_URL: Type.Optional(
    Type.String({ pattern: '^smtps?://[^\\s/?#]+/?$', description: 'smtp(s)://[user:password@]host[:port]' }),
  ),
  MUSTER_MAIL_FROM: Type.Optional(
    Type.String({
      // without commas, so that it is one address, and without control characters, so that it is one header
      pattern: '^(?:[^<>,\\p{Cc}]{0,100}<[^\\s<>@,]+@[^\\s<>@,]+>|[^\\s<>@,]+@[^\\s<>@,]+)$',
      description: 'an address, as in Muster <muster@example.com>',
    }),
  ),
  MUSTER_LOG_LEVEL: Type.Optional(
    Type.Union(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
      {
        description: 'fatal, error, warn, info, debug, trace or silent',
      },
    ),
  ),
});
type Environment = Type.Static<typeof Environment>;

/** Passwords that stand in examples and manuals: starting with one of them is refused (SEC-K2). */
const PLACEHOLDERS = ['admin', 'password', 'pass', 'changeme', 'change-in-production', 'your-secret-key', 'secret'];

/**
 * Reads the settings. Every fault is reported at once.
 * @throws MusterError `invalid` with one fault per variable.
 */
export function readConfig(environment: Record<string, string | undefined>, checkout: string): Config {
  // an empty variable is how shells and compose files say "not set"
  const given = Object.fromEntries(Object.entries(environment).filter(([key, value]) => key in names && value !== ''));
  const faults: Fault[] = [];
  for (const error of Errors(Environment, given)) {
    const name = error.instancePath.slice(1);
    if (faults.some((fault) => fault.path === name)) continue;
    faults.push({ path: name, message: `must be ${names[name as keyof Environment]?.description}` });
  }
  const env = given as Environment;
  for (const name of ports) {
    if (Number(env[name] ?? 0) > 65_535) faults.push({ path: name, message: 'must be at most 65535' });
  }
  const owner = readOwner(env, faults);
  const mail = readMail(env, faults);
  const trustedProxies = (env.MUSTER_TRUSTED_PROXIES ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  if (!trustedProxies.every(isNetwork)) {
    faults.push({
      path: 'MUSTER_TRUSTED_PROXIES',
      message: 'must be addresses or networks, as in 10.0.0.2,192.168.7.0/24',
    });
  }
  const tls = readTls(env, faults);
  if (faults.length > 0) {
    const list = faults.map((fault) => `  ${fault.path} ${fault.message}`).join('\n');
    throw invalid(`The settings are not right:\n${list}`, faults);
  }
  const dataDir = resolve(env.MUSTER_DATA_DIR ?? defaultDataDir(checkout));
  return {
    host: env.MUSTER_HOST ?? '127.0.0.1',
    httpPort: Number(env.MUSTER_HTTP_PORT ?? 8080),
    mqttPort: Number(env.MUSTER_MQTT_PORT ?? 1883),
    mqttsPort: Number(env.MUSTER_MQTTS_PORT ?? 8883),
    redirectPort: env.MUSTER_REDIRECT_PORT === undefined ? undefined : Number(env.MUSTER_REDIRECT_PORT),
    tls,
    mqttPlain: env.MUSTER_MQTT_PLAIN === 'allow',
    dataDir,
    databaseUrl: env.MUSTER_DATABASE_URL,
    publicUrl: env.MUSTER_PUBLIC_URL,
    secretFile: resolve(env.MUSTER_SECRET_FILE ?? join(dataDir, 'secret')),
    trustedProxies,
    owner,
    mail,
    logLevel: env.MUSTER_LOG_LEVEL ?? 'info',
  };
}

/** The effective settings with secrets masked, for `muster config`. */
export function describeConfig(config: Config): Record<string, string> {
  return {
    MUSTER_HOST: config.host,
    MUSTER_HTTP_PORT: String(config.httpPort),
    MUSTER_MQTT_PORT: String(config.mqttPort),
    MUSTER_MQTTS_PORT: config.tls.on ? String(config.mqttsPort) : '(no TLS)',
    MUSTER_MQTT_PLAIN: config.mqttPlain ? 'allow' : '(on this machine only)',
    MUSTER_TLS: config.tls.on ? 'on' : 'off',
    MUSTER_TLS_CERT: config.tls.files?.cert ?? (config.tls.on ? '(local authority)' : '(none)'),
    MUSTER_TLS_KEY: config.tls.files?.key ?? (config.tls.on ? '(local authority)' : '(none)'),
    MUSTER_REDIRECT_PORT: String(config.redirectPort ?? '(none)'),
    MUSTER_DATA_DIR: config.dataDir,
    MUSTER_DATABASE_URL: config.databaseUrl ? maskPassword(config.databaseUrl) : '(embedded PostgreSQL)',
    MUSTER_PUBLIC_URL: config.publicUrl ?? '(the listening address)',
    MUSTER_SECRET_FILE: config.secretFile,
    MUSTER_TRUSTED_PROXIES: config.trustedProxies.join() || '(none)',
    MUSTER_OWNER_USERNAME: config.owner?.username ?? '(not set)',
    MUSTER_OWNER_PASSWORD: config.owner ? '***' : '(not set)',
    MUSTER_ORGANIZATION: config.owner?.organization ?? '(not set)',
    MUSTER_SMTP_URL: config.mail ? maskPassword(config.mail.smtpUrl) : '(no mail)',
    MUSTER_MAIL_FROM: config.mail?.from ?? '(no mail)',
    MUSTER_LOG_LEVEL: config.logLevel,
  };
}

const ports = ['MUSTER_HTTP_PORT', 'MUSTER_MQTT_PORT', 'MUSTER_MQTTS_PORT', 'MUSTER_REDIRECT_PORT'] as const;
const names = Environment.properties as Record<keyof Environment, { description?: string }>;

function readOwner(env: Environment, faults: Fault[]): Config['owner'] {
  const { MUSTER_OWNER_USERNAME: username, MUSTER_OWNER_PASSWORD: password, MUSTER_ORGANIZATION: organization } = env;
  if (username === undefined && password === undefined && organization === undefined) return undefined;
  for (const [path, value] of Object.entries({
    MUSTER_OWNER_USERNAME: username,
    MUSTER_OWNER_PASSWORD: password,
    MUSTER_ORGANIZATION: organization,
  })) {
    if (value === undefined) faults.push({ path, message: 'must be set too: the three make the first owner together' });
  }
  if (password !== undefined && PLACEHOLDERS.includes(password.toLowerCase())) {
    faults.push({ path: 'MUSTER_OWNER_PASSWORD', message: 'is a placeholder from a manual: choose a real one' });
  }
  return username && password && organization ? { username, password, organization } : undefined;
}

/** Beyond loopback TLS is on, unless somebody says that it is done elsewhere (SEC-D4). */
function readTls(env: Environment, faults: Fault[]): Config['tls'] {
  const { MUSTER_TLS_CERT: cert, MUSTER_TLS_KEY: key } = env;
  if ((cert === undefined) !== (key === undefined)) {
    const path = cert === undefined ? 'MUSTER_TLS_CERT' : 'MUSTER_TLS_KEY';
    faults.push({ path, message: 'must be set too: a certificate and its key go together' });
  }
  const files = cert !== undefined && key !== undefined ? { cert: resolve(cert), key: resolve(key) } : undefined;
  const usual = files !== undefined || !isLoopback(env.MUSTER_HOST ?? '127.0.0.1');
  const on = env.MUSTER_TLS === undefined ? usual : env.MUSTER_TLS === 'on';
  if (!on && files) {
    faults.push({ path: 'MUSTER_TLS', message: 'is off, so MUSTER_TLS_CERT and MUSTER_TLS_KEY must not be set' });
  }
  if (!on && env.MUSTER_REDIRECT_PORT !== undefined) {
    faults.push({
      path: 'MUSTER_REDIRECT_PORT',
      message: 'must not be set without TLS: there is nothing to send people to',
    });
  }
  return { on, files };
}

function readMail(env: Environment, faults: Fault[]): Config['mail'] {
  const { MUSTER_SMTP_URL: smtpUrl, MUSTER_MAIL_FROM: from } = env;
  if (smtpUrl !== undefined && !isReadable(smtpUrl)) {
    faults.push({ path: 'MUSTER_SMTP_URL', message: 'must be smtp(s)://[user:password@]host[:port]' });
  }
  if ((smtpUrl === undefined) === (from === undefined)) return smtpUrl && from ? { smtpUrl, from } : undefined;
  const path = smtpUrl === undefined ? 'MUSTER_SMTP_URL' : 'MUSTER_MAIL_FROM';
  faults.push({ path, message: 'must be set too: the two make mail together' });
  return undefined;
}

function isReadable(address: string): boolean {
  try {
    const { username, password } = new URL(address);
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** Whatever stands in the password, an @ too. */
function maskPassword(address: string): string {
  if (!URL.canParse(address)) return `${address.slice(0, address.indexOf('://'))}://***`;
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  for (const name of url.searchParams.keys()) if (/password/i.test(name)) url.searchParams.set(name, '***');
  return url.href;
}

/** Does what is sent to this host stay on this machine? */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** Do the settings say that nobody but programs on this machine reaches the server? */
export const isForHereOnly = ({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): boolean =>
  isLoopback(host) &&
  // listening here, it may be published by a proxy beside it
  (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')));

/** `10.0.0.2`, `192.168.7.0/24`, `fd00::/8` */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function defaultDataDir(checkout: string): string {
  if (existsSync(join(checkout, 'package-lock.json'))) return join(checkout, 'data');
  if (process.getuid?.() === 0) return '/var/lib/muster';
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'muster');
}
