import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { EnrollmentToken } from '@muster/contract/enrollment';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { lostConnection, refused } from './support/watch.ts';

const journey = useJourney({
  async prepare({ api }) {
    await makePlace(api, 'Hall 1');
  },
});

const as = (secret: string) =>
  createApi(
    () => journey.server.http,
    () => secret,
  );

test('a token is made, the line that is shown registers a device which talks, and the token is changed and revoked', async () => {
  const { page } = await journey.visit('/administration');
  await page.getByRole('link', { name: 'Enrolment' }).click();
  await shows(page.getByText('With an enrolment token new devices register themselves'));
  await isAccessible(page);
  await takePictures(page, 'enrollment-none');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Hall 1, first floor');
  await dialog.getByRole('combobox', { name: 'Place of its devices' }).click();
  await page.getByRole('option', { name: 'Hall 1' }).click();
  await dialog.getByRole('combobox', { name: 'Type of its devices' }).click();
  await page.getByRole('option', { name: 'Pressure station' }).click();
  await dialog.getByLabel('Devices at most').fill('0');
  await shows(dialog.getByText('A number from 1 to 100000'));
  await dialog.getByLabel('Devices at most').fill('2');
  await isAccessible(page);
  await takePictures(page, 'enrollment-make');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const secret = await reads(dialog.locator('code').first(), /^me_[\w-]{43}$/);
  const command = await reads(dialog.locator('code').nth(1), /^curl .*provisioning\/register$/);
  await shows(dialog.getByText('Whoever has it can register 2 devices.'));
  await isAccessible(page);
  await takePictures(page, 'enrollment-made');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await hides(dialog);

  const line = `${command} --silent --show-error --fail-with-body --max-time 20`;
  const { stdout: answer } = await promisify(execFile)('sh', ['-c', line]);
  const { deviceId, token } = JSON.parse(answer) as { deviceId: string; token: string };
  assert.equal(deviceId, 'device-1');
  await bodyOf(as(token).post('/device/telemetry', { values: { p1: 5, p2: 2.5, p3: 500 } }), 200);
  await page.reload();
  const tokens = page.getByRole('list', { name: 'Enrolment' });
  await reads(
    tokens,
    /Hall 1, first floor\s+me_[\w-]{5}…\s*1 of 2 devices[\s\S]*Hall 1\s*ends[\s\S]*made by owner[\s\S]*last used from/,
  );
  await isAccessible(page);
  await takePictures(page, 'enrollment');
  await page.goto('/devices/device-1');
  await reads(page.getByRole('list', { name: 'Newest values' }), /5\.00\s*bar/);
  await page.goBack();

  await tokens.getByRole('button', { name: 'Change Hall 1, first floor' }).click();
  await dialog.getByLabel('Name').fill('First floor');
  await dialog.getByLabel('Devices at most').fill('1');
  await isAccessible(page);
  await takePictures(page, 'enrollment-change');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await hides(dialog);
  await reads(tokens, /First floor[\s\S]*used up: 1 of 1 device/);
  await takePictures(page, 'enrollment-used-up');
  await problemOf(
    as(secret).post('/provisioning/register', { deviceId: 'device-2', type: 'industrial.pressure-station' }),
    401,
  );

  await tokens.getByRole('button', { name: 'Revoke First floor' }).click();
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await hides(dialog);
  await shows(page.getByText('With an enrolment token new devices register themselves'));
  await page.goto('/administration/audit');
  await shows(page.getByText('A device registered itself'));
});

test('who changes what somebody else changed meanwhile is told, and loads it again', async () => {
  const { page, allow } = await journey.visit('/administration/enrollment');
  allow(refused(412));
  const made = await bodyOf(
    journey.api.post<{ enrollmentToken: EnrollmentToken }>('/enrollment-tokens', { name: 'Shared' }),
    201,
  );
  await page.reload();
  await page.getByRole('button', { name: 'Change Shared' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Mine');
  const path = `/enrollment-tokens/${made.enrollmentToken.id}`;
  await bodyOf(journey.api.patch(path, { name: 'Theirs' }, { version: 1 }), 200);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await reads(dialog.getByRole('alert'), /Somebody else changed it meanwhile/);
  await dialog.getByRole('button', { name: 'Load it again' }).click();
  await dialog.getByLabel('Name').fill('Ours');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await hides(dialog);
  await shows(page.getByText('Ours'));
});

test('a token that is made while the connection is away is not made twice', async () => {
  const { page, allow } = await journey.visit('/administration/enrollment');
  allow(lostConnection);
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Of the outage');
  journey.link.cut();
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await reads(dialog.getByRole('alert'), /^The server does not answer/);
  journey.link.mend();
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await reads(dialog.locator('code').first(), /^me_/);
  const { items } = await bodyOf(journey.api.get<{ items: EnrollmentToken[] }>('/enrollment-tokens'), 200);
  assert.equal(items.filter(({ name }) => name === 'Of the outage').length, 1);
});
