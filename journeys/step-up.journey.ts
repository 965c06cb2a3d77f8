import assert from 'node:assert/strict';
import { test } from 'node:test';
import { query } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { hides, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { lostConnection, refused } from './support/watch.ts';

const journey = useJourney();

/** As if every sign-in had been an hour ago: the server is told to look at all of its sessions again. */
async function signInsAge(): Promise<void> {
  await journey.api.get('/auth/me');
  await query(journey.server, `update sessions set created_at = now() - interval '1 hour' where ended_at is null`);
  await query(journey.server, `select pg_notify('muster', $1)`, [JSON.stringify({ kind: 'access.changed' })]);
  const role = { name: '', parents: [], permissions: [] };
  await until(async () => (await journey.api.post('/roles', role)).status === 401, 'the server has noticed');
}

async function fillRole(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Make a role', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
}

test('a role that is made long after the sign-in asks for the password, and is made then', async () => {
  const { page, allow } = await journey.visit('/administration/roles');
  allow(refused(401), lostConnection);
  await shows(page.getByRole('table'));
  await signInsAge();
  await fillRole(page, 'Night shift');
  await page.getByRole('button', { name: 'Save' }).click();
  const again = page.getByRole('dialog', { name: 'Is it still you, owner?' });
  await shows(again);
  await isAccessible(page);
  await takePictures(page, 'step-up');

  await page.keyboard.type('not the password at all');
  await page.keyboard.press('Enter');
  await shows(again.getByText('The user name or the password is wrong.'));
  await again.getByLabel('Password', { exact: true }).fill(journey.owner.password);
  await page.keyboard.press('Enter');
  await hides(again);
  await shows(page.getByRole('table').getByRole('button', { name: 'Night shift' }));

  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Fleet' }).click();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
});

test('who would rather not keeps what he typed, and nothing is changed', async () => {
  const { page, allow } = await journey.visit('/administration/roles');
  allow(refused(401), lostConnection);
  await shows(page.getByRole('table'));
  await signInsAge();
  await fillRole(page, 'Weekend');
  await page.getByRole('button', { name: 'Save' }).click();
  const again = page.getByRole('dialog', { name: 'Is it still you, owner?' });
  await shows(again);
  await page.keyboard.press('Escape');
  await hides(again);
  const form = page.getByRole('dialog');
  await shows(form.getByText('Nothing was changed: this needs a sign-in of just now.'));
  assert.equal(await form.getByLabel('Name').inputValue(), 'Weekend');
  await form.getByRole('button', { name: 'Save' }).click();
  await shows(again);
  await again.getByRole('button', { name: 'Cancel' }).click();
  await hides(again);
  assert.equal(await form.getByLabel('Name').inputValue(), 'Weekend');
});
