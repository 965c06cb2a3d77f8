import { test } from 'node:test';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const journey = useJourney({
  async prepare({ api, makeDevice }) {
    const hall = await makePlace(api, 'Hall 1');
    await makeDevice({ deviceId: 'bench-1', name: 'Bench 1', placeId: hall });
  },
});

const withKey = (secret: string) =>
  createApi(
    () => journey.server.http,
    () => secret,
  );

test('a key is made for a place, opens what it may, gets a new secret, and is revoked', async () => {
  const { page } = await journey.visit('/administration');
  await page.getByRole('link', { name: 'API keys' }).click();
  await shows(page.getByText('No script has a key yet.'));
  await isAccessible(page);
  await page.getByRole('button', { name: 'Make a key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nightly report');
  await dialog.getByRole('combobox', { name: 'Where it holds' }).click();
  await page.getByRole('option', { name: 'A place' }).click();
  await dialog.getByRole('combobox', { name: 'Place', exact: true }).click();
  await page.getByRole('option', { name: 'Hall 1' }).click();
  await dialog.getByRole('checkbox', { name: 'See devices' }).check();
  await isAccessible(page);
  await takePictures(page, 'api-key-make');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const first = await reads(dialog.locator('code').first(), /^mk_[\w-]{43}$/);
  await isAccessible(page);
  await takePictures(page, 'api-key-made');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await hides(dialog);
  await bodyOf(withKey(first).get('/devices/bench-1'), 200);
  await page.reload();
  const keys = page.getByRole('list', { name: 'API keys' });
  await reads(keys, /Nightly report\s+mk_[\w-]{5}…[\s\S]*1 permission\s*Hall 1[\s\S]*made by owner/);
  await isAccessible(page);
  await takePictures(page, 'api-keys');

  await keys.getByRole('button', { name: 'New secret for Nightly report' }).click();
  await dialog.getByRole('combobox', { name: 'The old secret works for' }).click();
  await page.getByRole('option', { name: 'No longer' }).click();
  await dialog.getByRole('button', { name: 'New secret' }).click();
  const second = await reads(dialog.locator('code').first(), /^mk_[\w-]{43}$/);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await problemOf(withKey(first).get('/devices/bench-1'), 401);
  await bodyOf(withKey(second).get('/devices/bench-1'), 200);

  await keys.getByRole('button', { name: 'Revoke Nightly report' }).click();
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await hides(dialog);
  await problemOf(withKey(second).get('/devices/bench-1'), 401);
  await shows(page.getByText('No script has a key yet.'));
});
