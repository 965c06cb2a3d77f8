import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { describeConfig, isForHereOnly, readConfig } from './config.ts';
import { MusterError } from './errors.ts';

const nowhere = '/nowhere';
const owner = {
  MUSTER_OWNER_USERNAME: 'anna',
  MUSTER_OWNER_PASSWORD: 'four tests before breakfast',
  MUSTER_ORGANIZATION: 'nordhaven',
};

function faultsOf(environment: Record<string, string>): Record<string, string> {
  try {
    readConfig(environment, nowhere);
  } catch (error) {
    assert.ok(error instanceof MusterError && error.code === 'invalid');
    for (const { path, message } of error.faults) {
      assert.ok(error.message.includes(`${path} ${message}`), 'the sentence names every fault');
    }
    return Object.fromEntries(error.faults.map(({ path, message }) => [path, message]));
  }
  return {};
}

test('without any variable there are the defaults that the documentation names', () => {
  const config = readConfig({ MUSTER_DATA_DIR: '/data' }, nowhere);
  assert.deepEqual(config, {
    host: '127.0.0.1',
    httpPort: 8080,
    mqttPort: 1883,
    mqttsPort: 8883,
    redirectPort: undefined,
    tls: { on: false, files: undefined },
    mqttPlain: false,
    dataDir: '/data',
    databaseUrl: undefined,
    publicUrl: undefined,
    secretFile: '/data/secret',
    trustedProxies: [],
    owner: undefined,
    mail: undefined,
    logLevel: 'info',
  });
});

test('in a checkout the data lies in it, elsewhere in the folder of the system', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'muster-checkout-'));
  try {
    const before = readConfig({}, checkout).dataDir;
    assert.ok(!before.startsWith(checkout), before);
    writeFileSync(join(checkout, 'package-lock.json'), '{}');
    assert.equal(readConfig({}, checkout).dataDir, join(checkout, 'data'));
  } finally {
    rmSync(checkout, { recursive: true });
  }
});

test('every variable is read', () => {
  const config = readConfig(
    {
      ...owner,
      MUSTER_HOST: '::1',
      MUSTER_HTTP_PORT: '0',
      MUSTER_MQTT_PORT: '65535',
      MUSTER_DATA_DIR: '/data',
      MUSTER_DATABASE_URL: 'postgres://muster:geheim@db.example/muster',
      MUSTER_PUBLIC_URL: 'https://muster.example:8443',
      MUSTER_SECRET_FILE: '/run/secret',
      MUSTER_SMTP_URL: 'smtps://muster:gehe%3Aim@mail.example:465',
      MUSTER_MAIL_FROM: 'Muster <muster@mail.example>',
      MUSTER_LOG_LEVEL: 'debug',
    },
    nowhere,
  );
  assert.equal(config.host, '::1');
  assert.equal(config.httpPort, 0);
  assert.equal(config.mqttPort, 65_535);
  assert.equal(config.databaseUrl, 'postgres://muster:geheim@db.example/muster');
  assert.equal(config.publicUrl, 'https://muster.example:8443');
  assert.equal(config.secretFile, '/run/secret');
  assert.equal(config.logLevel, 'debug');
  assert.deepEqual(config.mail, {
    smtpUrl: 'smtps://muster:gehe%3Aim@mail.example:465',
    from: 'Muster <muster@mail.example>',
  });
  assert.deepEqual(config.owner, {
    username: 'anna',
    password: owner.MUSTER_OWNER_PASSWORD,
    organization: 'nordhaven',
  });
});

test('an empty variable is one that is not set, and other programs’ variables are none of ours', () => {
  const config = readConfig(
    { MUSTER_DATA_DIR: '/data', MUSTER_HTTP_PORT: '', MUSTER_OWNER_USERNAME: '', PATH: '' },
    '/',
  );
  assert.equal(config.httpPort, 8080);
  assert.equal(config.owner, undefined);
});

test('all faults are told at once, each with its variable', () => {
  const faults = faultsOf({
    MUSTER_HTTP_PORT: '80a',
    MUSTER_MQTT_PORT: '65536',
    MUSTER_DATABASE_URL: 'mysql://x',
    MUSTER_PUBLIC_URL: 'muster.example',
    MUSTER_ORGANIZATION: 'Nord Haven',
    MUSTER_LOG_LEVEL: 'loud',
  });
  assert.deepEqual(Object.keys(faults).sort(), [
    'MUSTER_DATABASE_URL',
    'MUSTER_HTTP_PORT',
    'MUSTER_LOG_LEVEL',
    'MUSTER_MQTT_PORT',
    'MUSTER_ORGANIZATION',
    'MUSTER_OWNER_PASSWORD',
    'MUSTER_OWNER_USERNAME',
    'MUSTER_PUBLIC_URL',
  ]);
});

test('a port is a number that a port can have', () => {
  for (const port of ['-1', '65536', '99999', '1e3', '0x50', ' 80', '080', '8.5', 'http']) {
    assert.ok(faultsOf({ MUSTER_HTTP_PORT: port }).MUSTER_HTTP_PORT, port);
  }
});

test('beyond loopback TLS is on, and with a certificate; where it is done elsewhere somebody says so', () => {
  const tls = (environment: Record<string, string>) => readConfig(environment, nowhere).tls;
  const files = { MUSTER_TLS_CERT: '/cert.pem', MUSTER_TLS_KEY: '/key.pem' };
  for (const host of ['127.0.0.1', '::1', 'localhost']) assert.equal(tls({ MUSTER_HOST: host }).on, false, host);
  for (const host of ['0.0.0.0', '::', '10.0.0.5', 'muster.lan', '127.evil.example']) {
    assert.equal(tls({ MUSTER_HOST: host }).on, true, host);
  }
  assert.deepEqual(tls(files), { on: true, files: { cert: '/cert.pem', key: '/key.pem' } });
  assert.deepEqual(tls({ MUSTER_TLS: 'on' }), { on: true, files: undefined });
  assert.equal(tls({ MUSTER_TLS: 'off', MUSTER_HOST: '0.0.0.0' }).on, false);

  assert.ok(faultsOf({ MUSTER_TLS: 'maybe' }).MUSTER_TLS);
  assert.ok(faultsOf({ MUSTER_TLS_CERT: '/cert.pem' }).MUSTER_TLS_KEY);
  assert.ok(faultsOf({ MUSTER_TLS_KEY: '/key.pem' }).MUSTER_TLS_CERT);
  assert.ok(faultsOf({ ...files, MUSTER_TLS: 'off' }).MUSTER_TLS);
  assert.ok(faultsOf({ MUSTER_REDIRECT_PORT: '80' }).MUSTER_REDIRECT_PORT);
  assert.ok(faultsOf({ MUSTER_MQTT_PLAIN: 'yes' }).MUSTER_MQTT_PLAIN);
});

test('a public address is scheme, host and port and nothing else', () => {
  for (const url of ['https://muster.example/', 'https://muster.example/path', 'ftp://muster.example', 'https://']) {
    assert.ok(faultsOf({ MUSTER_PUBLIC_URL: url }).MUSTER_PUBLIC_URL, url);
  }
});

test('the first owner takes all three variables, and no password out of a manual', () => {
  assert.deepEqual(Object.keys(faultsOf({ MUSTER_OWNER_USERNAME: 'anna' })).sort(), [
    'MUSTER_ORGANIZATION',
    'MUSTER_OWNER_PASSWORD',
  ]);
  for (const placeholder of ['admin', 'Password', 'CHANGEME', 'your-secret-key']) {
    assert.match(
      faultsOf({ ...owner, MUSTER_OWNER_PASSWORD: placeholder }).MUSTER_OWNER_PASSWORD ?? '',
      /placeholder/,
      placeholder,
    );
  }
});

test('what is shown of the settings holds no secret', () => {
  const shown = describeConfig(
    readConfig({ ...owner, MUSTER_DATABASE_URL: 'postgres://muster:geh%40eim@db.example/muster' }, nowhere),
  );
  const text = JSON.stringify(shown);
  assert.ok(!text.includes('geh') && !text.includes(owner.MUSTER_OWNER_PASSWORD), text);
  assert.equal(shown.MUSTER_DATABASE_URL, 'postgres://muster:***@db.example/muster');
  assert.equal(shown.MUSTER_OWNER_PASSWORD, '***');
  assert.equal(shown.MUSTER_OWNER_USERNAME, 'anna');
});

test('mail takes a server and a sender, and what is no such is refused', () => {
  const [MUSTER_SMTP_URL, MUSTER_MAIL_FROM] = ['smtp://mail.example:587', 'muster@mail.example'];
  assert.deepEqual(Object.keys(faultsOf({ MUSTER_SMTP_URL })), ['MUSTER_MAIL_FROM']);
  assert.deepEqual(Object.keys(faultsOf({ MUSTER_MAIL_FROM })), ['MUSTER_SMTP_URL']);
  for (const url of [
    'mail.example',
    'http://mail.example',
    'smtp://',
    'smtp://a b',
    'smtp://h:99999',
    'smtp://user:50%@h',
    'smtp://h/?tls.rejectUnauthorized=false',
  ]) {
    assert.ok(faultsOf({ MUSTER_SMTP_URL: url, MUSTER_MAIL_FROM }).MUSTER_SMTP_URL, url);
  }
  for (const from of ['muster', 'a@b, c@d', 'Muster <a@b>, <c@d>', 'Muster\r\nBcc: <c@d>', 'Muster <a@b> x']) {
    assert.ok(faultsOf({ MUSTER_SMTP_URL, MUSTER_MAIL_FROM: from }).MUSTER_MAIL_FROM, from);
  }
});

test('the password of the mail server is not shown, whatever stands in it', () => {
  for (const password of ['geheim', 'ge@heim', 'ge:heim', 'geheim%40']) {
    const MUSTER_SMTP_URL = `smtp://muster:${password}@mail.example:587`;
    const shown = describeConfig(readConfig({ MUSTER_SMTP_URL, MUSTER_MAIL_FROM: 'muster@mail.example' }, nowhere));
    assert.equal(shown.MUSTER_SMTP_URL, 'smtp://muster:***@mail.example:587');
  }
});

test('the password of the database is not shown, whatever stands in it', () => {
  for (const password of ['geheim', 'ge@heim', 'ge:heim', 'geheim%40']) {
    const shown = describeConfig(
      readConfig({ MUSTER_DATABASE_URL: `postgres://muster:${password}@db.example:5432/muster` }, nowhere),
    );
    assert.equal(shown.MUSTER_DATABASE_URL, 'postgres://muster:***@db.example:5432/muster');
  }
  const shownOf = (url: string) =>
    describeConfig(readConfig({ MUSTER_DATABASE_URL: url }, nowhere)).MUSTER_DATABASE_URL;
  assert.equal(
    shownOf('postgres://db.example/muster?user=m&password=geheim'),
    'postgres://db.example/muster?user=m&password=***',
  );
  assert.equal(
    shownOf('postgres://muster:ge/heim@db.example/muster'),
    'postgres://***',
    'what can not be read is not shown',
  );
});

test('a server that listens on this machine only is for it only, unless it has a public address', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    assert.equal(isForHereOnly({ host, publicUrl: undefined }), true, host);
    assert.equal(isForHereOnly({ host, publicUrl: 'https://muster.example' }), false);
    for (const publicUrl of ['http://localhost:8080', 'http://[::1]:8080', 'http://127.0.0.1'])
      assert.equal(isForHereOnly({ host, publicUrl }), true, publicUrl);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.5', 'muster.lan', '127.evil.example'])
    assert.equal(isForHereOnly({ host, publicUrl: 'http://localhost' }), false, host);
});
