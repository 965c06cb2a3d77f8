import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectAlone } from '@muster/core/platform/db/pool';
import { findRunning } from '@muster/core/platform/running';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const main = join(import.meta.dirname, '../apps/server/src/main.ts');

const journey = useJourney({
  async prepare({ api, makeDevice }) {
    await makePlace(api, 'Hall 1');
    await makeDevice({ deviceId: 'bench-1', name: 'Bench 1' });
    const { version } = (await api.get<{ version: number }>('/devices/bench-1')).body;
    await api.patch('/devices/bench-1', { name: 'Bench One', firmwareVersion: '2.0.1' }, { version });
    await api.post('/auth/login', { username: 'owner', password: 'not it' });
  },
});

test('who did what is listed, limited by the address, and a line opens what was changed', async () => {
  const { page } = await journey.visit('/administration');
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await shows(page.getByRole('heading', { level: 1, name: 'Audit' }));
  await reads(page.getByRole('table'), /Added a device[\s\S]*Added a place/);
  await reads(page.getByRole('table'), /Sign-in refused[\s\S]*Refused/);
  await page.getByRole('button', { name: 'Changed a device' }).click();
  await reads(page.getByRole('region', { name: 'What was changed' }), /Name\s+Bench 1\s+Bench One/);
  await isAccessible(page);
  await takePictures(page, 'audit');
  await page.getByRole('button', { name: 'Only this object' }).click();
  await addressHas(page, { object: 'device:bench-1' });
  await hides(page.getByRole('button', { name: 'Added a place' }));
  await page.reload();
  await shows(page.getByRole('region', { name: 'What was changed' }));
  await hides(page.getByRole('button', { name: 'Added a place' }));
  await page.getByRole('button', { name: 'Show all objects again' }).click();
  await shows(page.getByRole('button', { name: 'Added a place' }));
  await page.getByRole('combobox', { name: 'Result' }).click();
  await page.getByRole('option', { name: 'Refused' }).click();
  await addressHas(page, { result: 'refused' });
  await hides(page.getByRole('button', { name: 'Added a place' }));
  await shows(page.getByRole('button', { name: 'Sign-in refused' }));
  await page.getByRole('searchbox').fill('nothing of this');
  await shows(page.getByText('No entry matches.'));
  await addressHas(page, { q: 'nothing of this' });
});

test('days are those of the viewer, both included', async () => {
  const { page } = await journey.visit('/administration/audit');
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Warsaw' }).format(new Date());
  await page.getByLabel('First day').fill(today);
  await page.getByLabel('Last day').fill(today);
  await addressHas(page, { from: today, to: today });
  await shows(page.getByRole('button', { name: 'Added a place' }));
  await page.getByLabel('First day').fill('');
  await page.getByLabel('Last day').fill('2020-01-01');
  await shows(page.getByText('No entry matches.'));
});

test('verification says that the trail is whole; what is exported verifies without a server', async () => {
  const { page } = await journey.visit('/administration/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await shows(page.getByText('The audit trail is whole'));
  await shows(page.getByRole('button', { name: 'Verified the audit trail' }).first());
  await isAccessible(page);
  await takePictures(page, 'audit-verified');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: 'Export' })
      .click()
      .then(() => page.getByRole('menuitem', { name: /NDJSON/ }).click()),
  ]);
  const file = await download.path();
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [main, 'audit', 'verify', file], (_, stdout, stderr) => resolve(stdout + stderr));
  });
  assert.match(said, /The audit trail is whole/);
  await shows(page.getByRole('button', { name: 'Exported the audit trail' }).first());
});

test('in Polish everything is said in Polish', async () => {
  const { page } = await journey.visit('/administration/audit', { locale: 'pl-PL' });
  await shows(page.getByRole('heading', { level: 1, name: 'Audyt' }));
  await page.getByRole('button', { name: 'Zweryfikuj' }).click();
  await shows(page.getByText('Dziennik audytu jest nienaruszony'));
  await page.getByRole('button', { name: 'Zmiana urządzenia' }).click();
  await takePictures(page, 'audit-polish');
});

/** Does to the trail what nobody should. */
async function tamper(statement: string): Promise<void> {
  const { settings } = await findRunning(journey.server.dataDir);
  const database = await connectAlone(settings, 'owner');
  await database.query(statement);
  await database.end();
}

test('of entries of before the chain it is said that nothing proves them', async () => {
  await tamper(`insert into audit_entries (id, organization_id, at, actor_kind, actor_id, actor_name, action, object, details, request_id, seq, result)
    select gen_random_uuid(), id, '2026-01-01', 'user', 'u', 'somebody', 'place.created', 'place:x', '{}', 'r', 0, 'done' from organizations`);
  const { page } = await journey.visit('/administration/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await shows(page.getByText('The chain is whole'));
  await shows(page.getByText('1 entry is from before the chain: nothing proves what it says.'));
  await hides(page.getByText('The audit trail is whole'));
  await isAccessible(page);
  await takePictures(page, 'audit-unchained');
});

test('an entry that was erased by hand is named', async () => {
  await tamper(
    `update audit_entries set actor_name = '', address = null, user_agent = null, details = '{}', salt = null where seq = 4`,
  );
  const { page } = await journey.visit('/administration/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await shows(page.getByText('First bad entry: 4. What it says of people was erased, and no later entry says so.'));
  await takePictures(page, 'audit-unrecorded');
});

test('of a trail that somebody changed in the database the first bad entry is named', async () => {
  await tamper('delete from audit_entries where seq = 3');
  const { page } = await journey.visit('/administration/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await shows(page.getByText('The audit trail is not whole'));
  await shows(page.getByText('First bad entry: 3. It is missing.'));
  await isAccessible(page);
  await takePictures(page, 'audit-broken');
});
