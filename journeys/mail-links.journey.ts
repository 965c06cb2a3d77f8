import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { bodyOf, createApi } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { type ArrivedMail, linkOf } from '@muster/testkit/mail';
import { until } from '@muster/testkit/until';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';
import { lostConnection, refused } from './support/watch.ts';

const journey = useJourney({ mail: true });
const FIRST = 'seven foxes on a roof';
const PASSWORD = 'thirteen herons over the mole';
const LINK = /Choose a new password:/;

/** A person with an address, who has a first password. */
async function addPerson(username: string): Promise<string> {
  const email = `${username}@acme.example`;
  const person = { username, email, name: 'Łucja Żuk', password: FIRST, roles: [{ role: 'viewer' }] };
  await bodyOf(journey.api.post('/users', person), 201);
  return email;
}

/** The link of a letter, through the journey's own link. */
function pathOf(mail: ArrivedMail): string {
  const { url } = linkOf(mail);
  return url.pathname + url.hash;
}

test('whoever forgot his password asks for a link, chooses another one and signs in', async () => {
  const email = await addPerson('lucja');
  const { page, allow } = await journey.visitAsStranger('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await shows(page.getByRole('heading', { name: 'Forgot your password?' }));
  await isAccessible(page);
  await takePictures(page, 'forgot-password');
  await page.getByLabel('User name or e-mail').fill('lucja');
  allow(lostConnection);
  journey.link.cut();
  await page.keyboard.press('Enter');
  await reads(page.getByRole('alert'), /^The server does not answer/);
  journey.link.mend();
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await shows(page.getByRole('heading', { name: 'Look into your mail' }));
  await isAccessible(page);
  await takePictures(page, 'forgot-password-sent');

  const letter = await journey.mail.arrived(email, LINK);
  const reader = await journey.visitAsStranger(pathOf(letter));
  reader.allow(refused(422), refused(403));
  await shows(reader.page.getByRole('heading', { name: 'Choose a new password' }));
  assert.equal(new URL(reader.page.url()).hash, '', 'the token is out of the address');
  await isAccessible(reader.page);
  await takePictures(reader.page, 'reset-password');
  await reader.page.getByLabel('New password').fill('too short');
  await reader.page.keyboard.press('Enter');
  await shows(reader.page.getByText('At least 15 characters', { exact: true }));
  await reader.page.getByLabel('New password').fill(PASSWORD);
  await reader.page.keyboard.press('Enter');
  await shows(reader.page.getByRole('heading', { name: 'Your new password is set' }));
  await takePictures(reader.page, 'reset-password-done');
  await reader.page.getByRole('link', { name: 'To the sign-in page' }).click();
  await signIn(reader.page, 'lucja', PASSWORD);
  await shows(reader.page.getByRole('heading', { name: 'Overview' }));

  const second = await journey.visitAsStranger(pathOf(letter));
  second.allow(refused(422));
  await second.page.getByLabel('New password').fill(PASSWORD);
  await second.page.keyboard.press('Enter');
  await shows(second.page.getByRole('heading', { name: 'This link is not good any more' }));
  await isAccessible(second.page);
  await takePictures(second.page, 'dead-link');
  await second.page.reload();
  await shows(second.page.getByRole('heading', { name: 'Open the link in your mail' }));
});

test('beside a second factor the reset asks for a code', async () => {
  const email = await addPerson('marta');
  const { accessToken } = await bodyOf(
    journey.api.post<Tokens>('/auth/login', { username: 'marta', password: FIRST }),
    200,
  );
  const api = createApi(
    () => journey.server.http,
    () => accessToken,
  );
  const { secret } = await bodyOf(api.post<{ secret: string }>('/auth/mfa/setup', { password: FIRST }), 200);
  const phone = createAuthenticator(secret);
  await bodyOf(api.post('/auth/mfa/confirm', { code: phone.code(-1) }), 200);
  await bodyOf(journey.api.post('/auth/password/forgot', { username: email }), 202);
  const { page, allow } = await journey.visitAsStranger(pathOf(await journey.mail.arrived(email, LINK)));
  allow(refused(422));
  await page.getByLabel('New password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  const code = page.getByLabel('Code');
  await until(() => code.evaluate((field) => field.matches(':focus')), 'it is ready to be typed into');
  await isAccessible(page);
  await takePictures(page, 'reset-password-code');
  await code.fill('000000');
  await page.keyboard.press('Enter');
  await reads(page.getByRole('alert'), /^The code is wrong/);
  await code.fill(phone.code(0));
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Your new password is set' }));
});

test('a link that is pasted into the same tab is taken, and leaves no trace in the address', async () => {
  const { page, allow } = await journey.visitAsStranger('/reset-password');
  allow(refused(422));
  await shows(page.getByRole('heading', { name: 'Open the link in your mail' }));
  await isAccessible(page);
  await page.evaluate("location.hash = 'mr_pasted'");
  await shows(page.getByRole('heading', { name: 'Choose a new password' }));
  assert.equal(await page.evaluate('location.href'), `${journey.link.origin}/reset-password`);
  const kept = await page.evaluate<string>(
    'JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  assert.doesNotMatch(kept, /mr_pasted/);
});

test('the profile says that the address is not verified, sends a link, and the link verifies it', async () => {
  const person = await bodyOf(
    journey.api.get<{ items: { id: string; version: number }[] }>('/users', { query: { search: 'owner' } }),
    200,
  );
  const [owner] = person.items;
  const email = 'owner@acme.example';
  const { id = '', version } = owner ?? {};
  await bodyOf(journey.api.patch(`/users/${id}`, { email }, version === undefined ? {} : { version }), 200);
  const { page, context } = await journey.visit('/profile');
  await shows(page.getByText('Not verified'));
  await isAccessible(page);
  await takePictures(page, 'profile-not-verified');
  const link = /This address is mine:/;
  // the first came when the address was changed
  await journey.mail.arrived(email, link);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await shows(page.getByText('A link is on its way. It is good for a day.'));
  const letter = await journey.mail.arrived(email, link, 2);
  const tab = await context.newPage();
  await tab.goto(pathOf(letter));
  await shows(tab.getByRole('heading', { name: 'Verify your e-mail address' }));
  assert.equal(new URL(tab.url()).hash, '');
  await isAccessible(tab);
  await takePictures(tab, 'verify-email');
  await tab.getByRole('button', { name: 'This address is mine' }).click();
  await shows(tab.getByRole('heading', { name: 'Your address is verified' }));
  await takePictures(tab, 'verify-email-done');
  await tab.getByRole('link', { name: 'Go on to Muster' }).click();
  await shows(tab.getByRole('heading', { level: 1 }));
  await page.reload();
  await shows(page.getByText('Verified', { exact: true }));
  await takePictures(page, 'profile-verified');
});

test('an invitation is sent, sent again and revoked', async () => {
  const { page } = await journey.visit('/administration/people');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a person' });
  await shows(dialog);
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  await shows(dialog.getByText('Not an e-mail address'));
  await dialog.getByLabel('E-mail').fill('grace@acme.example');
  await page.getByRole('combobox', { name: 'Role 1', exact: true }).click();
  await page.getByRole('option', { name: 'Viewer', exact: true }).click();
  await isAccessible(page);
  await takePictures(page, 'invite');
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  const open = page.getByRole('list', { name: 'Open invitations' });
  await reads(open, /grace@acme.example/);
  await hides(dialog);
  await journey.mail.arrived('grace@acme.example', /Accept the invitation:/);
  await open.getByRole('button', { name: 'Send the invitation of grace@acme.example again' }).click();
  await shows(open.getByText('Sent. The older link has ended.'));
  await journey.mail.arrived('grace@acme.example', /Accept the invitation:/, 2);
  await page.reload();
  await reads(open, /grace@acme.example/);
  await isAccessible(page);
  await takePictures(page, 'open-invitations');
  await open.getByRole('button', { name: 'Revoke the invitation of grace@acme.example' }).click();
  const asked = page.getByRole('dialog', { name: 'Revoke the invitation of grace@acme.example?' });
  await isAccessible(page);
  await asked.getByRole('button', { name: 'Revoke' }).click();
  await hides(open);
});

test('an invitation that the mail server did not take says so', async () => {
  const email = 'nobody-there@acme.example';
  journey.mail.mood = 'refuse';
  const { id } = await bodyOf(journey.api.post<{ id: string }>('/invitations', { email }), 201);
  const { page } = await journey.visit('/administration/people');
  const open = page.getByRole('list', { name: 'Open invitations' });
  await reads(open, /Not delivered[\s\S]*550 No such user/);
  await isAccessible(page);
  await takePictures(page, 'invitation-not-delivered');
  journey.mail.mood = 'take';
  await bodyOf(journey.api.delete(`/invitations/${id}`), 204);
});

test('whoever is invited chooses how to sign in, and is in', async () => {
  const email = 'jan@acme.example';
  await bodyOf(journey.api.post('/invitations', { email, roles: [{ role: 'viewer' }], language: 'pl' }), 201);
  const letter = await journey.mail.arrived(email, /Przyjmij zaproszenie:/);
  const { page, allow } = await journey.visitAsStranger(pathOf(letter));
  allow(refused(409), refused(422), refused(403), lostConnection);
  await shows(page.getByRole('heading', { name: 'Join acme' }));
  assert.equal(new URL(page.url()).hash, '');
  await isAccessible(page);
  await takePictures(page, 'accept-invitation');
  await page.getByLabel('User name').fill(journey.owner.username);
  await page.getByLabel('Name (optional)').fill('Jan Żak');
  await page.getByLabel('New password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await shows(page.getByText('It is taken already'));
  await page.getByLabel('User name').fill('jan');
  journey.link.cut();
  await page.getByRole('button', { name: 'Join' }).click();
  await reads(page.getByRole('alert'), /^The server does not answer/);
  journey.link.mend();
  await page.getByRole('button', { name: 'Join' }).click();
  await shows(page.getByRole('heading', { name: 'Overview' }));
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Overview' }));

  const late = await journey.visitAsStranger(pathOf(letter));
  late.allow(refused(422));
  await shows(late.page.getByRole('heading', { name: 'This link is not good any more' }));
});

test('in Polish, too', async () => {
  const email = await addPerson('polka');
  const { page } = await journey.visitAsStranger('/forgot-password', { locale: 'pl-PL' });
  await shows(page.getByRole('heading', { name: 'Nie pamiętasz hasła?' }));
  await takePictures(page, 'forgot-password-pl');
  await page.getByLabel('Nazwa użytkownika lub e-mail').fill('polka');
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Sprawdź pocztę' }));
  await takePictures(page, 'forgot-password-sent-pl');
  const letter = await journey.mail.arrived(email, LINK);
  const reader = await journey.visitAsStranger(pathOf(letter), { locale: 'pl-PL' });
  await shows(reader.page.getByRole('heading', { name: 'Ustaw nowe hasło' }));
  await takePictures(reader.page, 'reset-password-pl');
  const people = await journey.visit('/administration/people?invite=true', { locale: 'pl-PL' });
  await shows(people.page.getByRole('dialog', { name: 'Zaproś osobę' }));
  await takePictures(people.page, 'invite-pl');
});
