import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '@muster/contract/access';
import type { Person } from '@muster/contract/users';
import { bodyOf } from '@muster/testkit/api';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { refused } from './support/watch.ts';

const journey = useJourney();

const matrix = (page: Page) => page.getByRole('table', { name: 'Which role may do what' });

/** What the matrix says about a permission, a word for each role. */
async function rowOf(page: Page, permission: string): Promise<string[]> {
  const row = matrix(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: permission, exact: true }) });
  return (await row.getByRole('cell').allInnerTexts()).map((text) => text.trim());
}

test('a role is made of another one, changed and deleted; the matrix tells its own from what it inherits', async () => {
  const { page, allow } = await journey.visit('/administration/roles');
  await shows(matrix(page).getByRole('columnheader', { name: 'Industrial' }));
  await shows(matrix(page).getByRole('rowheader', { name: 'Calibrate sensors' }));
  assert.deepEqual((await rowOf(page, 'See devices')).slice(0, 4), ['Its own', 'Its own', 'Its own', 'Its own']);
  assert.deepEqual((await rowOf(page, 'Calibrate sensors')).slice(0, 2), ['Its own', 'No']);
  await matrix(page).getByRole('button', { name: 'Viewer' }).click();
  await addressHas(page, { role: 'viewer' });
  await page.reload();
  const dialog = page.getByRole('dialog');
  await reads(dialog, /Sees places, devices and values[\s\S]*Comes with Muster[\s\S]*See devices/);
  assert.equal(await dialog.getByRole('button', { name: 'Change' }).count(), 0, 'what comes along stays as it is');
  await isAccessible(page);
  await takePictures(page, 'role');
  await dialog.getByRole('button', { name: 'Make a role from it' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shows(dialog.getByText('Needed'));
  await dialog.getByLabel('Name').fill('Night shift');
  await dialog.getByLabel(/^Idle time/).fill('4');
  await shows(dialog.getByText('5 to 240 minutes'));
  await dialog.getByLabel(/^Idle time/).fill('15');
  const seeing = dialog.getByRole('checkbox', { name: 'See devices' });
  assert.equal((await seeing.isChecked()) && (await seeing.isDisabled()), true, 'the parent gives it');
  await dialog.getByRole('checkbox', { name: 'Create, change and delete devices' }).check();
  await isAccessible(page);
  await takePictures(page, 'role-form');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shows(dialog.getByText('Has all of: Viewer'));
  await reads(dialog, /A session ends after 15 minutes[\s\S]*See devices\s+from Viewer/);
  await page.keyboard.press('Escape');
  await hides(dialog);
  assert.equal((await rowOf(page, 'See devices'))[0], 'From a parent');
  assert.equal((await rowOf(page, 'Create, change and delete devices'))[0], 'Its own');
  await shows(page.getByRole('button', { name: 'More roles' }));
  assert.equal(
    await page.evaluate('document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth'),
    0,
    'the page itself has nothing at its side',
  );
  await isAccessible(page);
  await takePictures(page, 'roles');

  allow(refused(409), refused(412));
  await page.getByRole('button', { name: 'Make a role', exact: true }).click();
  await dialog.getByLabel('Name').fill('Night shift');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shows(dialog.getByText('There is a role of this name already'));
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await matrix(page).getByRole('button', { name: 'Night shift' }).click();
  await dialog.getByRole('button', { name: 'Change' }).click();
  const { items } = await bodyOf(journey.api.get<{ items: Role[] }>('/roles'), 200);
  const night = items.find(({ name }) => name === 'Night shift');
  assert.ok(night);
  await journey.api.patch(`/roles/${night.id}`, { description: 'From ten to six' }, { version: night.version });
  await dialog.getByLabel('Name').fill('Late shift');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shows(dialog.getByText('Somebody else changed it meanwhile. Load it again, then repeat your change.'));
  await dialog.getByRole('button', { name: 'Load it again' }).click();
  await shows(dialog.getByText('From ten to six'));
  await dialog.getByLabel('Name').fill('Late shift');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shows(dialog.getByRole('heading', { name: 'Late shift' }));

  const wish = { username: 'jan', email: 'jan@example.com', password: 'given by somebody else' };
  const jan = await bodyOf(journey.api.post<Person>('/users', { ...wish, roles: [{ role: night.id }] }), 201);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete Late shift' }).click();
  await reads(dialog.getByRole('alert'), /Somebody holds this role/);
  await isAccessible(page);
  await journey.api.delete(`/users/${jan.id}`);
  await dialog.getByRole('button', { name: 'Delete Late shift' }).click();
  await hides(dialog);
  await hides(matrix(page).getByRole('button', { name: 'Late shift' }));
});

test('on a phone one role at a time is looked at', async () => {
  const { page } = await journey.visit('/administration/roles', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  });
  await shows(page.getByRole('heading', { name: 'Owner' }));
  await page.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Bench operator · Industrial' }).click();
  await shows(page.getByText('Watches the benches and their alerts.'));
  await addressHas(page, { role: 'industrial.operator' });
  assert.equal(await matrix(page).count(), 0);
  await isAccessible(page);
});
