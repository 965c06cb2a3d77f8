import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Organization, User } from '@muster/contract/identity';
import { bodyOf } from '@muster/testkit/api';
import { query } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';
import { refused } from './support/watch.ts';

const journey = useJourney();

/** The server's own port by a name: a passkey belongs to where it was made. */
const byName = () => ({ baseURL: journey.server.http.replace('127.0.0.1', 'localhost') });

/** An authenticator that is unlocked, as a phone in the hand is. @returns whether its person agrees from now on */
async function plugIn(page: Page): Promise<(agrees: boolean) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return async (isUserVerified) => {
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  };
}

const card = (page: Page) => page.locator('section', { has: page.getByRole('heading', { name: 'Passkeys' }) });

test('a passkey is added in the profile, signs in by itself, is renamed and removed', async () => {
  const { page, allow } = await journey.visit('/profile', byName());
  await plugIn(page);
  await shows(card(page).getByText(/signs you in by itself/));
  const dialog = page.getByRole('dialog');
  await card(page).getByRole('button', { name: 'Add a passkey' }).click();
  await isAccessible(page);
  await takePictures(page, 'passkey-add');
  await dialog.getByLabel('Name').fill('Work laptop');
  await page.keyboard.press('Enter');
  await hides(dialog);
  await reads(card(page), /Work laptop[\s\S]*not used yet/);

  await card(page).getByRole('button', { name: 'Add a passkey' }).click();
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await shows(dialog.getByText('This device has a passkey of yours already.'));
  await page.keyboard.press('Escape');

  allow(refused(401));
  await page.getByRole('button', { name: 'Menu of owner' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await shows(page.getByRole('heading', { name: 'Sign in' }));
  await isAccessible(page);
  await takePictures(page, 'sign-in-passkey');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await hides(page.getByRole('heading', { name: 'Sign in' }));
  await page.goto('/profile');
  await reads(card(page), /Work laptop[\s\S]*last used/);
  await isAccessible(page);
  await takePictures(page, 'profile-passkeys');

  await card(page).getByRole('button', { name: 'Change Work laptop' }).click();
  await dialog.getByLabel('Name').fill('Home laptop');
  await page.keyboard.press('Enter');
  await reads(card(page), /Home laptop/);
  await card(page).getByRole('button', { name: 'Change Home laptop' }).click();
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Remove it' }).click();
  await shows(card(page).getByText(/signs you in by itself/));
});

test('who does not answer the browser is told so, and a passkey that was removed opens nothing', async () => {
  const { page, allow } = await journey.visit('/profile', byName());
  const agrees = await plugIn(page);
  await card(page).getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog');
  await agrees(false);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await shows(dialog.getByText(/^No passkey was made/));
  await agrees(true);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await hides(dialog);
  await card(page)
    .getByRole('button', { name: /^Change/ })
    .click();
  await dialog.getByRole('button', { name: 'Remove it' }).click();
  await hides(dialog);
  allow(refused(401));
  await page.getByRole('button', { name: 'Menu of owner' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await shows(page.getByText('This passkey opens nothing here.'));
});

test('by an IP address there is none, and the page says why', async () => {
  const { page } = await journey.visit('/profile');
  await shows(card(page).getByText(/A passkey belongs to a name/));
  assert.equal(await card(page).getByRole('button', { name: 'Add a passkey' }).isDisabled(), true);
  const { page: stranger } = await journey.visitAsStranger('/sign-in');
  await shows(stranger.getByRole('heading', { name: 'Sign in' }));
  assert.equal(await stranger.getByRole('button', { name: 'Use a passkey' }).count(), 0);
});

test('where everybody needs a second factor, who has none sets one up and goes on to the page that he asked for', async () => {
  const { username, password } = journey.owner;
  const { page, allow } = await journey.visit('/administration', byName());
  allow(refused(403));
  await page.getByRole('checkbox', { name: 'Everybody needs a second factor' }).check();
  await isAccessible(page);
  await takePictures(page, 'organization-rules');
  await page.getByRole('button', { name: 'Save' }).click();
  await shows(page.getByRole('heading', { name: 'A second factor is needed' }));

  const { page: other, allow: allowHis } = await journey.visitAsStranger('/fleet', byName());
  allowHis(refused(401), refused(403));
  await plugIn(other);
  await signIn(other, username, password);
  await shows(other.getByRole('heading', { name: 'A second factor is needed' }));
  await other.reload();
  await shows(other.getByRole('heading', { name: 'A second factor is needed' }));
  await isAccessible(other);
  await takePictures(other, 'second-factor-needed');
  // however long ago he signed in
  await query(journey.server, `update sessions set created_at = now() - interval '1 hour' where ended_at is null`);
  await query(journey.server, `select pg_notify('muster', $1)`, [JSON.stringify({ kind: 'access.changed' })]);
  await until(async () => (await journey.api.post('/auth/passkeys/options')).status === 401, 'the server has noticed');
  await other.getByRole('button', { name: 'Use a passkey' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'Go on' }).click();
  const again = other.getByRole('dialog', { name: 'Is it still you, owner?' });
  await again.getByLabel('Password', { exact: true }).fill(password);
  await other.keyboard.press('Enter');
  await hides(again);
  await shows(other.getByRole('heading', { name: 'Fleet' }));

  await other.getByRole('button', { name: 'Menu of owner' }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await signIn(other, username, password);
  await shows(other.getByRole('heading', { name: 'A second factor is needed' }));
  await other.getByRole('button', { name: 'Use a passkey' }).click();
  await hides(other.getByRole('heading', { name: 'A second factor is needed' }));

  await other.goto('/administration');
  await other.getByRole('checkbox', { name: 'Everybody needs a second factor' }).uncheck();
  await other.getByRole('button', { name: 'Save' }).click();
  const me = await until(async () => {
    const { body } = await journey.api.get<User>('/auth/me');
    return body.mustSetUpSecondFactor ? undefined : body;
  }, 'nobody is asked any more');
  const { secondFactorRequired } = await bodyOf(journey.api.get<Organization>(`/organizations/${me.organization.id}`));
  assert.equal(secondFactorRequired, false);
});
