import { test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { refused } from './support/watch.ts';

const journey = useJourney();

test('a short name that is taken is said where it stands', async () => {
  const { page, allow } = await journey.visit('/administration/organizations');
  allow(refused(409));
  await page.getByRole('button', { name: 'Add an organization' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Acme');
  await dialog.getByLabel('User name of its owner').fill('ida');
  await dialog.getByLabel('E-mail of its owner').fill('ida@example.com');
  await dialog.getByRole('button', { name: 'Generate' }).click();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await shows(dialog.getByText('There is an organization of this short name already.'));
  await isAccessible(page);
});

test('an organization is added, its owner signs in and chooses a password, and it is disabled and enabled', async () => {
  const { page } = await journey.visit('/administration');
  await page.getByRole('link', { name: 'Organizations' }).click();
  const list = page.getByRole('list', { name: 'Organizations' });
  await reads(list, /acme[\s\S]*runs this installation[\s\S]*1 person/);
  await isAccessible(page);
  await page.getByRole('button', { name: 'Add an organization' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await shows(dialog.getByText('Needed'));
  await isAccessible(page);
  await dialog.getByLabel('Name', { exact: true }).fill('Südhafen Works');
  await dialog.getByLabel('User name of its owner').fill(journey.owner.username);
  await dialog.getByLabel('E-mail of its owner').fill('ida@example.com');
  await dialog.getByRole('button', { name: 'Generate' }).click();
  await isAccessible(page);
  await takePictures(page, 'organization-make');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await reads(dialog.locator('code').first(), /^sudhafen-works\//);
  const signsInAs = await dialog.locator('code').first().innerText();
  const password = await dialog.locator('code').nth(1).innerText();
  await isAccessible(page);
  await takePictures(page, 'organization-made');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await hides(dialog);
  await page.reload();
  await reads(list, /Südhafen Works\s*sudhafen-works[\s\S]*1 person/);
  await isAccessible(page);
  await takePictures(page, 'organizations');

  // the name is there in both now: the password tells which it is, and the page how to say it
  const stranger = await journey.visitAsStranger('/sign-in');
  stranger.allow(refused(401));
  await stranger.page.getByLabel('User name').fill(journey.owner.username);
  await stranger.page.getByRole('textbox', { name: 'Password' }).fill('neither of the two');
  await stranger.page.getByRole('button', { name: 'Sign in' }).click();
  await shows(stranger.page.getByText('as in acme/anna'));
  await isAccessible(stranger.page);
  await takePictures(stranger.page, 'sign-in-organization');
  await stranger.page.getByLabel('User name').fill(signsInAs);
  await stranger.page.getByRole('textbox', { name: 'Password' }).fill(password);
  await stranger.page.getByRole('button', { name: 'Sign in' }).click();
  await shows(stranger.page.getByRole('heading', { name: 'Choose your password' }));

  await list.getByRole('button', { name: 'Disable Südhafen Works' }).click();
  await isAccessible(page);
  await takePictures(page, 'organization-disable');
  await dialog.getByRole('button', { name: 'Disable Südhafen Works' }).click();
  await hides(dialog);
  await reads(list, /Südhafen Works[\s\S]*disabled/);
  await isAccessible(page);
  await takePictures(page, 'organizations-disabled');
  const anybody = createApi(() => journey.server.http);
  const login = { username: journey.owner.username, password, organization: 'sudhafen-works' };
  await problemOf(anybody.post('/auth/login', login), 401);

  await list.getByRole('button', { name: 'Enable Südhafen Works' }).click();
  await dialog.getByRole('button', { name: 'Enable Südhafen Works' }).click();
  await hides(dialog);
  await bodyOf(anybody.post<Tokens>('/auth/login', login), 200);
  await shows(list.getByRole('button', { name: 'Disable Südhafen Works' }));
});
