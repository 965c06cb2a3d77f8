import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import type { Person } from '@muster/contract/users';
import { bodyOf, createApi } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { choosePassword, signIn } from './support/sign-in.ts';
import { lostConnection, refused } from './support/watch.ts';

const FIRST = 'given by somebody else';
const OWN = 'seven green valves hum';
const journey = useJourney({ mail: true });

/** Somebody with a password of his own and an authenticator, and a call on his behalf. */
async function addPerson(username: string, name: string) {
  const email = `${username}@acme.example`;
  const roles = [{ role: 'viewer' }];
  const made = { username, name, email, password: FIRST, roles };
  const person = await bodyOf(journey.api.post<Person>('/users', made), 201);
  const http = () => journey.server.http;
  const anybody = createApi(http);
  const { accessToken } = await bodyOf(anybody.post<Tokens>('/auth/login', { username, password: FIRST }), 200);
  const api = createApi(http, () => accessToken);
  await bodyOf(api.post('/auth/password/change', { currentPassword: FIRST, newPassword: OWN }), 204);
  const { secret } = await bodyOf(api.post<{ secret: string }>('/auth/mfa/setup', { password: OWN }), 200);
  await bodyOf(api.post('/auth/mfa/confirm', { code: createAuthenticator(secret).code(0) }), 200);
  return { ...person, api };
}

test('who lost password and phone is helped back in from the page of the person', async () => {
  const ewa = await addPerson('ewa', 'Ewa Lis');
  const { page } = await journey.visit(`/administration/people/${ewa.id}`);
  const wayIn = card(page, 'Ways to sign in');
  await reads(wayIn, /Authenticator\s*Set up\s*Passkeys\s*None/);
  await isAccessible(page);
  await takePictures(page, 'person-ways-in');
  await wayIn.getByRole('button', { name: 'Send a link for a new password' }).click();
  await reads(wayIn, /A link is on its way to ewa@acme\.example/);
  await journey.mail.arrived('ewa@acme.example', /reset-password#/);

  await wayIn.getByRole('button', { name: 'Remove the second factor' }).click();
  const dialog = page.getByRole('dialog');
  await isAccessible(page);
  await takePictures(page, 'person-remove-factor');
  await dialog.getByRole('button', { name: 'Remove it from Ewa Lis' }).click();
  await hides(dialog);
  await reads(wayIn, /Authenticator\s*Not set up/);
  await journey.mail.arrived('ewa@acme.example', /second factor of your account .* was turned off/);

  await wayIn.getByRole('button', { name: 'New first password' }).click();
  await dialog.getByRole('button', { name: 'Make a password' }).click();
  await shows(dialog.getByRole('heading', { name: 'Ewa Lis signs in with this' }));
  await isAccessible(page);
  await takePictures(page, 'person-new-password');
  const password = await dialog.locator('code').nth(1).innerText();
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await hides(dialog);
  await shows(page.getByText('First password not changed'));

  const hers = await journey.visitAsStranger('/');
  await signIn(hers.page, 'ewa', password);
  await choosePassword(hers.page, password, 'nine owls in a barn');
  await shows(hers.page.getByRole('heading', { name: 'Overview' }));
});

test('sessions of a person are seen and ended; the pages that are open there close', async () => {
  const jan = await addPerson('jan', 'Jan Nowak');
  await bodyOf(journey.api.delete(`/users/${jan.id}/second-factor`), 204);
  const his = await journey.visitAsStranger('/');
  his.allow(refused(401), lostConnection);
  await signIn(his.page, 'jan', OWN);
  await shows(his.page.getByRole('heading', { name: 'Overview' }));

  const { page } = await journey.visit(`/administration/people/${jan.id}`);
  const signedIn = card(page, 'Signed in');
  await reads(signedIn, /Chrome on Linux[\s\S]*127\.0\.0\.1[\s\S]*last used/);
  await signedIn.getByRole('button', { name: 'End the session of Chrome on Linux' }).click();
  await shows(signedIn.getByText('Nowhere at the moment.'));
  await shows(his.page.getByText('Your session has ended. Sign in again to go on where you were.'));

  await signIn(his.page, 'jan', OWN);
  await hides(his.page.getByText('Your session has ended. Sign in again to go on where you were.'));
  await page.reload();
  await signedIn.getByRole('button', { name: 'Sign out everywhere' }).click();
  const dialog = page.getByRole('dialog');
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
  await hides(dialog);
  await shows(signedIn.getByText('Nowhere at the moment.'));
  await shows(his.page.getByText('Your session has ended. Sign in again to go on where you were.'));
});

test('nobody helps who may more', async () => {
  const roles = [{ role: 'administrator' }];
  const adam = { username: 'adam', email: 'adam@acme.example', password: FIRST, roles };
  await bodyOf(journey.api.post<Person>('/users', adam), 201);
  const owner = await bodyOf(journey.api.get<{ id: string }>('/auth/me'), 200);
  const { page, allow } = await journey.visitAsStranger(`/administration/people/${owner.id}`);
  allow(refused(403));
  await signIn(page, 'adam', FIRST);
  await choosePassword(page, FIRST, OWN);
  const wayIn = card(page, 'Ways to sign in');
  await wayIn.getByRole('button', { name: 'Send a link for a new password' }).click();
  await reads(wayIn.getByRole('alert'), /change only people who may no more than you/);
  assert.equal(await wayIn.getByRole('button', { name: 'Remove the second factor' }).count(), 0);
});
