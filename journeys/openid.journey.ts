import { after, test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { startIdentityProvider, type TestIdentityProvider } from '@muster/testkit/identity-provider';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';
import type { Visit } from './support/visit.ts';
import { lostConnection, refused } from './support/watch.ts';

/** The server tells people its name, and providers send them back there. */
const byName = (http: string) => http.replace('127.0.0.1', 'localhost');

let idp: TestIdentityProvider;
const journey = useJourney({
  async prepare({ server }) {
    // another site than the server's, as a provider is
    idp = await startIdentityProvider(`${byName(server.http)}/api/v1/auth/openid/callback`, '127.0.0.1');
    idp.accounts.set('ana', {
      email: 'ana@house.example',
      email_verified: true,
      name: 'Ana',
      preferred_username: 'ana',
    });
    idp.accounts.set('owner', {});
  },
});
after(() => idp?.stop());

/** The provider's own pages: a name, any password, and yes. */
async function signInThere(page: Page, subject: string): Promise<void> {
  await page.locator('input[name=login]').fill(subject);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Pages of the provider are another host, and its own affair; the fonts that they ask the world for they do without. */
async function visitNobody(path: string): Promise<Visit> {
  const visit = await journey.visitAsStranger(`${byName(journey.server.http)}${path}`);
  visit.allow(/asked another host/, lostConnection);
  await visit.context.route('https://fonts.googleapis.com/**', (route) =>
    route.fulfill({ contentType: 'text/css', body: '' }),
  );
  return visit;
}

test('an administrator adds a provider, tests it, changes it, and sees what is wrong with one', async () => {
  const { page, allow } = await journey.visit('/administration');
  allow(refused(422));
  await page.getByRole('link', { name: 'Sign-in' }).click();
  await shows(page.getByText('People sign in with their password.'));
  await isAccessible(page);
  await takePictures(page, 'openid-none');
  await page.getByRole('button', { name: 'Add a provider' }).click();
  const dialog = page.getByRole('dialog');
  await reads(dialog.locator('code').first(), /\/api\/v1\/auth\/openid\/callback$/);
  await dialog.getByLabel('Name').fill('House');
  await dialog.getByLabel('Issuer').fill('http://sso.example');
  await dialog.getByLabel('Client ID').fill(idp.clientId);
  await dialog.getByLabel('Client secret').fill(idp.clientSecret);
  await dialog.getByRole('checkbox', { name: 'Add newcomers' }).check();
  await dialog.getByRole('combobox', { name: 'Role of newcomers' }).click();
  await page.getByRole('option', { name: 'Viewer', exact: true }).click();
  await isAccessible(page);
  await takePictures(page, 'openid-add');
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await reads(dialog, /must begin with https:\/\//);
  await dialog.getByLabel('Issuer').fill(idp.issuer.replace(/\d+\/$/, '9/'));
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await reads(dialog.getByRole('alert'), /Nobody answers there/);
  await shows(dialog.getByText('It stays off the sign-in page until this is mended.'));
  await isAccessible(page);
  await takePictures(page, 'openid-test-fault');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const list = page.getByRole('list', { name: 'Sign-in' });
  await reads(list, /House\s+http:\/\/127\.0\.0\.1:9\/[\s\S]*switched off[\s\S]*adds newcomers as Viewer/);
  await list.getByRole('button', { name: 'Edit House' }).click();
  await dialog.getByLabel('Issuer').fill(idp.issuer);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await hides(dialog);
  await list.getByRole('button', { name: 'Test House' }).click();
  await reads(dialog.getByRole('status'), /answers as it should/);
  await isAccessible(page);
  await takePictures(page, 'openid-test');
  await dialog.getByRole('button', { name: 'Put it on the sign-in page' }).click();
  await hides(dialog);
  await hides(list.getByText('switched off'));
  await page.reload();
  await shows(list);
  await isAccessible(page);
  await takePictures(page, 'openid-providers');

  journey.link.cut();
  allow(lostConnection);
  await list.getByRole('button', { name: 'Delete House' }).click();
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await shows(dialog.getByRole('alert'));
  journey.link.mend();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await shows(list);
});

test('a newcomer signs in with the provider, and comes to the page that was asked for', async () => {
  const { page, allow } = await visitNobody('/fleet?status=offline');
  const button = page.getByRole('link', { name: 'Continue with House' });
  await shows(button);
  await isAccessible(page);
  await takePictures(page, 'openid-sign-in');
  await button.click();
  await signInThere(page, 'ana');
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await addressHas(page, { status: 'offline', to: null });
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await page.goto(`${byName(journey.server.http)}/profile`);
  await reads(card(page, 'Linked accounts'), /House/);
  await isAccessible(page);
  await takePictures(page, 'openid-profile-newcomer');
  await page.getByRole('button', { name: 'Unlink House' }).click();
  const dialog = page.getByRole('dialog');
  allow(refused(409));
  await dialog.getByRole('button', { name: 'Unlink' }).click();
  await reads(dialog.getByRole('alert'), /only way in/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await hides(page.getByLabel('Current password'));
  await page.getByLabel('New password').fill('seven foxes on a roof');
  await page.getByRole('button', { name: 'Set a password' }).click();
  await shows(page.getByLabel('Current password'));
  await page.getByRole('button', { name: 'Unlink House' }).click();
  await dialog.getByLabel('Current password').fill('seven foxes on a roof');
  await dialog.getByRole('button', { name: 'Unlink' }).click();
  await shows(page.getByRole('button', { name: 'Link House' }));
});

test('somebody links an account in the profile, and signs in with it and a code', async () => {
  const { username, password } = journey.owner;
  const { page, allow, context } = await visitNobody('/profile');
  await signIn(page, username, password);
  const accounts = card(page, 'Linked accounts');
  await accounts.getByRole('button', { name: 'Link House' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Current password').fill(password);
  await isAccessible(page);
  await takePictures(page, 'openid-link');
  await dialog.getByRole('button', { name: 'Link House' }).click();
  await signInThere(page, 'owner');
  await reads(accounts, /House[\s\S]*never used[\s\S]*The account is linked\./);
  await isAccessible(page);
  await takePictures(page, 'openid-linked');

  const { secret } = await bodyOf(journey.api.post<{ secret: string }>('/auth/mfa/setup', { password }), 200);
  const phone = createAuthenticator(secret);
  await bodyOf(journey.api.post('/auth/mfa/confirm', { code: phone.code(-1) }), 200);
  await context.clearCookies();
  await page.goto(`${byName(journey.server.http)}/sign-in?to=%2Ffleet`);
  allow(refused(401));
  await page.getByRole('link', { name: 'Continue with House' }).click();
  await signInThere(page, 'owner');
  await shows(page.getByRole('heading', { name: 'Your code' }));
  await isAccessible(page);
  await takePictures(page, 'openid-code');
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Continue' }).click();
  await reads(page.getByRole('alert'), /wrong/);
  await page.getByLabel('Code').fill(phone.code(0));
  await page.getByRole('button', { name: 'Continue' }).click();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
});

test('who is not known there, who gives up and a provider that is away: the page says so, and the password works', async () => {
  const { page } = await visitNobody('/sign-in');
  idp.accounts.set('nobody', {});
  await page.getByRole('link', { name: 'Continue with House' }).click();
  await signInThere(page, 'nobody');
  await reads(page.getByRole('alert'), /does not open Muster/);
  await isAccessible(page);
  await takePictures(page, 'openid-refused');
  await page.context().clearCookies();
  await page.getByRole('link', { name: 'Continue with House' }).click();
  await page.getByRole('link', { name: /Cancel/ }).click();
  await reads(page.getByRole('alert'), /cancelled/);
  await page.getByRole('link', { name: 'Continue with House' }).click();
  await shows(page.locator('input[name=login]'));
  idp.intercept = (request) => {
    if (request.url !== '/token') return false;
    request.socket.destroy();
    return true;
  };
  await signInThere(page, 'nobody');
  await reads(page.getByRole('alert'), /does not answer now/);
  idp.intercept = undefined;
});
