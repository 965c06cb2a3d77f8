import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { until } from '@muster/testkit/until';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';
import { lostConnection, refused } from './support/watch.ts';

const journey = useJourney();

test('whoever signs in comes to the page that was asked for', async () => {
  const { username, password } = journey.owner;
  const { page } = await journey.visitAsStranger('/fleet?status=offline');
  await shows(page.getByRole('heading', { name: 'Sign in' }));
  await isAccessible(page);
  await takePictures(page, 'sign-in');
  await signIn(page, username, password);
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await addressHas(page, { status: 'offline', to: null });
});

test('a page of another site is never what follows', async () => {
  const { username, password } = journey.owner;
  for (const to of ['//example.com/', '/\\example.com/', 'https://example.com/', 'javascript:alert(1)']) {
    const { page } = await journey.visitAsStranger(`/sign-in?to=${encodeURIComponent(to)}`);
    await signIn(page, username, password);
    await shows(page.getByRole('heading', { name: 'Overview' }));
    assert.equal(new URL(page.url()).origin, journey.link.origin);
  }
});

test('a wrong password says the same as an unknown user', async () => {
  const said: string[] = [];
  for (const username of [journey.owner.username, 'nobody-here']) {
    const { page, allow } = await journey.visitAsStranger('/sign-in');
    allow(refused(401));
    await signIn(page, username, 'not the password at all');
    said.push(await reads(page.getByRole('alert'), /wrong/));
  }
  assert.equal(said[0], 'The user name or the password is wrong.');
  assert.equal(said[0], said[1]);
});

test('where no mail is sent, whoever forgot his password reads whom to ask', async () => {
  const { page } = await journey.visitAsStranger('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await shows(page.getByText('npx muster user reset-password NAME'));
  await isAccessible(page);
  await takePictures(page, 'forgot-password-no-mail');
  await page.getByRole('link', { name: 'To the sign-in page' }).click();
  await shows(page.getByRole('heading', { name: 'Sign in' }));
});

test('with a second factor the page asks for a code after the password, and a used one is none', async () => {
  const { username, password } = journey.owner;
  const { secret } = await bodyOf(journey.api.post<{ secret: string }>('/auth/mfa/setup', { password }), 200);
  const phone = createAuthenticator(secret);
  const first = phone.code(-1);
  const confirmed = journey.api.post<{ backupCodes: string[] }>('/auth/mfa/confirm', { code: first });
  const { backupCodes } = await bodyOf(confirmed, 200);
  const { page, allow } = await journey.visitAsStranger('/sign-in');
  allow(refused(401));
  await signIn(page, username, password);
  const code = page.getByLabel('Code');
  await until(() => code.evaluate((field) => field.matches(':focus')), 'it is ready to be typed into');
  await isAccessible(page);
  await takePictures(page, 'sign-in-code');
  await code.fill(first);
  await page.keyboard.press('Enter');
  await reads(page.getByRole('alert'), /^The code is wrong, or was used before.$/);
  await code.fill(phone.code(0));
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Overview' }));
  await bodyOf(journey.api.post('/auth/mfa/disable', { password, code: backupCodes[0] }), 204);
});

test('what was typed while the server is away is still there when it is back, and a reload keeps where to go', async () => {
  const { page, allow } = await journey.visitAsStranger('/administration');
  allow(lostConnection);
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Sign in' }));
  journey.link.cut();
  await signIn(page, journey.owner.username, journey.owner.password);
  await reads(page.getByRole('alert'), /^The server does not answer. Check the connection and try again.$/);
  await isAccessible(page);
  journey.link.mend();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await shows(page.getByRole('heading', { name: 'Administration' }));
});

test('guessing is slowed down, and the page counts the seconds', async () => {
  const { page, allow } = await journey.visitAsStranger('/sign-in');
  allow(refused(401), refused(429));
  const guess = { username: 'guessed-at', password: 'one of many' };
  for (let failures = 0; failures < 7; failures++) {
    await page.request.post('/api/v1/auth/login', { data: guess });
  }
  await signIn(page, guess.username, guess.password);
  await reads(page.getByRole('alert'), /^Too many failed attempts. You can try again in \d+ seconds?\.$/);
  assert.equal(await page.getByRole('button', { name: 'Sign in' }).isDisabled(), true);
  await isAccessible(page);
});

test('a reload keeps the session, which no script of the page can read', async () => {
  const { page } = await journey.visitAsStranger('/administration');
  await signIn(page, journey.owner.username, journey.owner.password);
  await shows(page.getByRole('heading', { name: 'Administration' }));
  await page.reload();
  await shows(page.getByRole('heading', { name: 'Administration' }));
  const kept = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  assert.doesNotMatch(kept, /eyJ|muster_refresh/);
});

test('signing out ends the session here, in the other tabs and at the server', async () => {
  const { page, context, allow } = await journey.visit('/fleet');
  allow(refused(401));
  await page.getByRole('link', { name: 'Places' }).click();
  await shows(page.getByRole('heading', { name: 'Places' }));
  const tab = await context.newPage();
  await tab.goto('/');
  await shows(tab.getByRole('heading', { name: 'Overview' }));
  const cookies = await context.cookies(`${journey.link.origin}/api/v1/auth/refresh`);

  await page.getByRole('button', { name: 'Menu of owner' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await shows(page.getByRole('heading', { name: 'Sign in' }));
  await shows(tab.getByRole('heading', { name: 'Sign in' }));
  await page.goBack();
  await shows(page.getByRole('heading', { name: 'Sign in' }));

  await context.addCookies(cookies);
  assert.equal((await page.request.post('/api/v1/auth/refresh')).status(), 401);
});

test('a session that was ended elsewhere asks to sign in again and goes on at the same page', async () => {
  const { page, context, allow } = await journey.visit('/fleet/places');
  allow(refused(401));
  await shows(page.getByRole('heading', { name: 'Places' }));
  await context.request.post('/api/v1/auth/logout');
  await page.getByRole('link', { name: 'Administration' }).click();
  await shows(page.getByText('Your session has ended. Sign in again to go on where you were.'));
  await takePictures(page, 'sign-in-again');
  await signIn(page, journey.owner.username, journey.owner.password);
  await shows(page.getByRole('heading', { name: 'Administration' }));
});
