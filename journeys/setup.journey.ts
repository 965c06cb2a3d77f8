import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { lostConnection, refused } from './support/watch.ts';

const journey = useJourney({ installation: 'new' });
const PASSWORD = 'thirteen herons over the mole';

/** The token as the server printed it for whoever started it. */
function printedToken(): string {
  const token = /\bms_[\w-]+/.exec(journey.server.log())?.[0];
  assert.ok(token, 'the server printed no setup token');
  return token;
}

async function fill(page: Page, token: string, password: string): Promise<void> {
  await page.getByLabel('Setup token').fill(token);
  await page.getByRole('group', { name: 'Organization' }).getByLabel('Name', { exact: true }).fill('Łódź Harbour');
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('E-mail').fill('ada@harbour.example');
  await page.getByLabel('Password', { exact: true }).fill(password);
}

const create = (page: Page) => page.getByRole('button', { name: 'Create' }).click();

test('the first start asks for an organization and its owner, at whatever address', async () => {
  const { page } = await journey.visitAsStranger('/fleet?q=nothing');
  await shows(page.getByRole('heading', { name: 'Set up Muster' }));
  assert.equal(new URL(page.url()).pathname, '/setup');
  await isAccessible(page);
  await takePictures(page, 'setup');
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Set up Muster' }));
});

test('a form that is not complete says at each field what is missing, and asks the server nothing', async () => {
  const { page } = await journey.visitAsStranger('/setup');
  await create(page);
  await shows(page.getByText('Needed').first());
  assert.equal(await page.getByText('Needed').count(), 6);
  await fill(page, 'ms_nothing', 'too short');
  await reads(page.getByRole('main'), /6 more characters/);
  await create(page);
  await shows(page.getByText('At least 15 characters', { exact: true }));
  await page.getByLabel('User name').fill('ada of harbour');
  await page.getByLabel('E-mail').fill('ada');
  await create(page);
  await shows(page.getByText('Without spaces, slashes and colons'));
  await shows(page.getByText('Not an e-mail address'));
  await isAccessible(page);
  await takePictures(page, 'setup-faults');
});

test('an address may bring a token along, and a wrong one is refused at its field', async () => {
  const wrong = 'ms_not-the-token-that-was-printed';
  const { page, allow } = await journey.visitAsStranger(`/setup#${wrong}`);
  allow(refused(403));
  await shows(page.getByRole('heading', { name: 'Set up Muster' }));
  assert.equal(await page.getByLabel('Setup token').inputValue(), wrong);
  await fill(page, wrong, PASSWORD);
  await create(page);
  await shows(page.getByText('This is not the setup token that the server printed'));
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), PASSWORD, 'nothing is typed twice');
});

test('a password that is little more than a name is refused at its field', async () => {
  const { page, allow } = await journey.visitAsStranger('/setup');
  allow(refused(422));
  await fill(page, printedToken(), 'lodz-harbour-lodz-harbour');
  await create(page);
  await shows(page.getByText('Little more than a name that anyone can guess'));
});

test('the printed token makes the organization, signs its owner in, and is worth nothing afterwards', async () => {
  const token = printedToken();
  const { page, allow } = await journey.visitAsStranger('/setup');
  await fill(page, token, PASSWORD);
  assert.equal(await page.getByLabel('Short name').inputValue(), 'lodz-harbour');
  allow(lostConnection);
  journey.link.cut();
  await create(page);
  await shows(page.getByRole('alert').getByText('The server does not answer. Check the connection and try again.'));
  journey.link.mend();
  await create(page);
  await shows(page.getByRole('heading', { name: 'Secure your sign-in' }));
  await shows(page.getByText('Łódź Harbour'));

  await page.goto('/setup');
  await shows(page.getByRole('heading', { name: 'First steps' }));
  assert.equal(existsSync(join(journey.server.dataDir, 'setup-token')), false);
  const again = await journey.api.post('/setup', {
    setupToken: token,
    organization: { name: 'Second', slug: 'second' },
    owner: { username: 'eve', email: 'eve@harbour.example', password: PASSWORD },
  });
  assert.ok(again.status === 409 || again.status === 403, again.text);

  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Mole of Saint John');
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'There is 1 place' }));
  await page.getByRole('button', { name: 'Finish later' }).click();
  await shows(page.getByRole('heading', { name: 'Connect your first device' }));
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Overview' }));
  await page.getByRole('main').getByRole('link', { name: 'First steps' }).click();
  await shows(page.getByRole('heading', { name: 'Secure your sign-in' }));
  const stranger = await journey.visitAsStranger('/setup');
  await shows(stranger.page.getByRole('heading', { name: 'Sign in' }));
});
