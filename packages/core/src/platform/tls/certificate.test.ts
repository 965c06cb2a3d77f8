import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { readConfig } from '../config.ts';
import { MusterError } from '../errors.ts';
import { createLog } from '../log.ts';
import { openAuthority, writePair } from './authority.ts';
import { openCertificate, type ServerCertificate } from './certificate.ts';

const log = createLog('silent');
let dataDir: string;
const opened: ServerCertificate[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'muster-tls-'));
});
afterEach(async () => {
  for (const certificate of opened.splice(0)) certificate.stop();
  await rm(dataDir, { recursive: true });
});

async function open(environment: Record<string, string> = {}): Promise<ServerCertificate> {
  const config = readConfig({ MUSTER_DATA_DIR: dataDir, MUSTER_TLS: 'on', ...environment }, '/nowhere');
  const certificate = await openCertificate(config, log);
  opened.push(certificate);
  return certificate;
}

const fileOf = (name: string) => join(dataDir, 'tls', name);

test('a local authority signs for every name of this machine, and is kept', async () => {
  const first = await open({ MUSTER_HOST: '0.0.0.0', MUSTER_PUBLIC_URL: 'https://muster.example.org' });
  const leaf = new X509Certificate(first.current().cert);
  const authority = new X509Certificate(first.authority as string);
  assert.ok(leaf.verify(authority.publicKey));
  assert.ok(leaf.checkIssued(authority));
  assert.equal(leaf.ca, false);
  assert.equal(authority.ca, true);
  for (const name of ['muster.example.org', 'localhost', hostname().toLowerCase()])
    assert.ok(leaf.checkHost(name), name);
  assert.ok(leaf.checkIP('127.0.0.1'));
  assert.ok(leaf.checkIP('::1'));
  assert.equal(leaf.checkHost('elsewhere.example.org'), undefined);
  assert.equal(first.names()[0], 'muster.example.org', 'the name that people are told comes first');
  for (const key of ['ca-key.pem', 'server-key.pem']) assert.equal((await stat(fileOf(key))).mode & 0o777, 0o600, key);

  const second = await open({ MUSTER_HOST: '0.0.0.0', MUSTER_PUBLIC_URL: 'https://muster.example.org' });
  assert.equal(second.current().cert, first.current().cert, 'nobody has to trust another one');
  assert.equal(await second.look(), false);

  const renamed = await open({ MUSTER_HOST: '0.0.0.0', MUSTER_PUBLIC_URL: 'https://muster.example.com' });
  assert.notEqual(renamed.current().cert, first.current().cert, 'a new name needs a new certificate');
  assert.equal(renamed.authority, first.authority, 'of the same authority');
});

test('what is about to end is renewed, and who listens gets it', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const certificate = await open();
  const before = certificate.current();
  const heard: string[] = [];
  certificate.onRenewed(({ cert }) => heard.push(cert));
  const day = 86_400_000;
  t.mock.timers.setTime(Date.now() + 200 * day);
  assert.equal(await certificate.look(), false);
  t.mock.timers.setTime(Date.now() + 100 * day);
  assert.equal(await certificate.look(), true);
  assert.notEqual(certificate.current().cert, before.cert);
  assert.deepEqual(heard, [certificate.current().cert]);
});

test('an authority that lost one of its files, or has the key of another, is not replaced in silence', async () => {
  await open();
  const other = await openAuthority(join(dataDir, 'other'));
  await rm(fileOf('ca-key.pem'));
  await assert.rejects(open(), { code: 'unavailable', message: /ca-key\.pem can not be used: it is missing beside/ });
  await writeFile(fileOf('ca-key.pem'), 'no key at all');
  await assert.rejects(open(), { code: 'unavailable', message: /ca-key\.pem can not be used/ });
  await writeFile(fileOf('ca-key.pem'), (await other.issue(['localhost'])).key);
  await assert.rejects(open(), { code: 'unavailable', message: /it is not the key of ca\.pem/ });
});

test('a certificate of a lost authority is not kept', async () => {
  const before = await open();
  await Promise.all([rm(fileOf('ca-key.pem')), rm(fileOf('ca.pem'))]);
  const after = await open();
  assert.notEqual(after.authority, before.authority);
  assert.ok(new X509Certificate(after.current().cert).verify(new X509Certificate(after.authority as string).publicKey));
});

test('the operator’s own certificate is used, and used again when its files change', async () => {
  const authority = await openAuthority(join(dataDir, 'authority'));
  const files = { cert: join(dataDir, 'own.pem'), key: join(dataDir, 'own-key.pem') };
  const environment = { MUSTER_TLS_CERT: files.cert, MUSTER_TLS_KEY: files.key };
  const faultOf = (work: Promise<unknown>) =>
    work.then(
      () => assert.fail('it started'),
      (error) => {
        assert.ok(error instanceof MusterError && error.code === 'invalid');
        return `${error.faults[0]?.path} ${error.faults[0]?.message}`;
      },
    );
  assert.match(await faultOf(open(environment)), /^MUSTER_TLS_CERT there is neither/);
  await writePair(files, await authority.issue(['localhost']));
  const certificate = await open(environment);
  assert.equal(certificate.authority, undefined);
  assert.deepEqual(certificate.names(), ['localhost']);
  assert.equal(await certificate.look(), false);

  await writePair(files, await authority.issue(['muster.example.org']));
  assert.equal(await certificate.look(), true);
  assert.deepEqual(certificate.names(), ['muster.example.org']);

  const other = await authority.issue(['localhost']);
  await writeFile(files.key, other.key);
  assert.match(
    await faultOf(open(environment)),
    /^MUSTER_TLS_CERT is not a certificate with MUSTER_TLS_KEY as its key/,
  );
  await assert.rejects(certificate.look());
  assert.deepEqual(certificate.names(), ['muster.example.org'], 'half a renewal changes nothing');
});
