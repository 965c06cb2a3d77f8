import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Person } from '@muster/contract/users';
import { bodyOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';
import { lostConnection, refused } from './support/watch.ts';

const FIRST = 'given by somebody else';
const OWN = 'seven green valves hum';

const journey = useJourney({
  async prepare({ api }) {
    const wish = { username: 'jan', name: 'Jan Nowak', email: 'jan@example.com', password: FIRST };
    await bodyOf(api.post<Person>('/users', { ...wish, roles: [{ role: 'viewer' }] }), 201);
  },
});

const sessions = (page: Page) => page.getByRole('list', { name: 'Where you are signed in' });

async function changePassword(page: Page, current: string, next: string): Promise<void> {
  await page.getByLabel('Current password').fill(current);
  await page.getByLabel('New password').fill(next);
  await page.getByRole('button', { name: 'Change the password' }).click();
}

test('the profile says who somebody is, what is allowed and where sessions are open', async () => {
  const { page } = await journey.visit('/');
  await page.getByRole('button', { name: 'Menu of owner' }).click();
  await page.getByRole('menuitem', { name: 'Your profile' }).click();
  await shows(page.getByRole('heading', { name: 'Your profile' }));
  await reads(card(page, 'Who you are'), /User name\s+owner[\s\S]*Organization\s+acme/);
  await reads(card(page, 'What you may do'), /Your roles\s+Owner[\s\S]*People\s+See people and what they may do/);
  await reads(sessions(page), /Chrome on Linux\s*This one[\s\S]*127\.0\.0\.1[\s\S]*last used/);
  await page.reload();
  await reads(sessions(page), /This one/);
});

test('somebody changes his name and his address, and an address that is none is said so', async () => {
  const { page, allow } = await journey.visit('/profile');
  const who = card(page, 'Who you are');
  await who.getByLabel('Name', { exact: true }).fill('Anna O’Brien');
  await who.getByLabel('E-mail').fill('nowhere');
  await shows(who.getByText('That is no mail address'));
  assert.equal(await who.getByRole('button', { name: 'Save' }).isDisabled(), true);
  await who.getByLabel('E-mail').fill('anna@example.com');
  allow(lostConnection);
  journey.link.cut();
  await page.keyboard.press('Enter');
  await shows(who.getByText('The server does not answer. Check the connection and try again.'));
  journey.link.mend();
  await isAccessible(page);
  await who.getByRole('button', { name: 'Save' }).click();
  await hides(who.getByRole('button', { name: 'Save' }));
  await page.reload();
  assert.equal(await who.getByLabel('Name', { exact: true }).inputValue(), 'Anna O’Brien');
  assert.equal(await who.getByLabel('E-mail').inputValue(), 'anna@example.com');
  await takePictures(page, 'profile-who');
  await who.getByLabel('Name', { exact: true }).fill('');
  await page.keyboard.press('Enter');
  await hides(who.getByRole('button', { name: 'Save' }));
});

test('whoever has a first password sees nothing before it is changed, whatever the address', async () => {
  const { page, context, allow } = await journey.visitAsStranger('/profile');
  allow(refused(422), lostConnection);
  await signIn(page, 'jan', FIRST);
  await shows(page.getByRole('heading', { name: 'Choose your password' }));
  for (const path of ['/', '/fleet', '/sign-in', '/setup', '/profile']) {
    await page.goto(path);
    await shows(page.getByRole('heading', { name: 'Choose your password' }));
  }
  const tab = await context.newPage();
  await tab.goto('/fleet');
  await shows(tab.getByRole('heading', { name: 'Choose your password' }));

  await shows(page.getByText('At least 15 characters. Several words you can remember are better than symbols.'));
  await page.getByLabel('Current password').fill(FIRST);
  await page.getByLabel('New password').fill(FIRST);
  await page.getByRole('button', { name: 'Set the password and go on' }).click();
  await shows(page.getByText('It is the one of before'));
  await page.getByLabel('New password').fill(OWN);
  journey.link.cut();
  await page.getByRole('button', { name: 'Set the password and go on' }).click();
  await reads(page.getByRole('alert'), /^The server does not answer/);
  journey.link.mend();
  await page.getByRole('button', { name: 'Set the password and go on' }).click();
  await shows(page.getByRole('heading', { name: 'Your profile' }));
  await shows(tab.getByRole('heading', { name: 'Fleet' }));
  await reads(card(page, 'What you may do'), /Devices\s+See devices/);
  assert.equal(
    await card(page, 'What you may do').getByText('Your roles').count(),
    0,
    'roles are for who may see them',
  );
});

test('another password ends the other sessions; the server says what is wrong with one at its field', async () => {
  const { page, allow } = await journey.visit('/profile');
  allow(refused(422), refused(401));
  const other = await journey.visit('/fleet');
  other.allow(refused(401));
  await reads(sessions(page), /This one[\s\S]*Chrome on Linux/);
  await changePassword(page, 'not the password', OWN);
  await shows(page.getByText('It is wrong'));
  await changePassword(page, journey.owner.password, 'owner owner owner owner');
  await shows(page.getByText('Little more than a name that anyone can guess'));
  await isAccessible(page);
  await takePictures(page, 'profile');
  await changePassword(page, journey.owner.password, OWN);
  await shows(page.getByText('The password is changed. Every other session has ended.'));
  await hides(sessions(page).getByRole('listitem').nth(1));
  await changePassword(page, OWN, journey.owner.password);
  await shows(page.getByText('The password is changed. Every other session has ended.'));
  await shows(other.page.getByText('Your session has ended. Sign in again to go on where you were.'));
});

test('one session is ended, then all of them', async () => {
  const { page, allow } = await journey.visit('/profile');
  allow(refused(401));
  const other = await journey.visit('/fleet');
  other.allow(refused(401));
  await page.reload();
  await shows(sessions(page).getByRole('button').first());
  for (let left = await sessions(page).getByRole('button').count(); left > 0; left--) {
    await sessions(page).getByRole('button', { name: 'End the session of Chrome on Linux' }).first().click();
    await hides(
      sessions(page)
        .getByRole('button')
        .nth(left - 1),
    );
  }
  await reads(sessions(page), /This one/);
  await shows(other.page.getByRole('heading', { name: 'Sign in' }));

  const third = await journey.visit('/fleet');
  third.allow(refused(401));
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByText('Every session ends at once, this one too.'));
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
  await shows(page.getByRole('heading', { name: 'Sign in' }));
  await shows(third.page.getByRole('heading', { name: 'Sign in' }));
});

test('an authenticator is set up with a QR code, gives backup codes once, and is put away again', async () => {
  const { password } = journey.owner;
  const { page, allow } = await journey.visit('/profile');
  allow(refused(422));
  const factor = card(page, 'Second factor');
  const dialog = page.getByRole('dialog');
  await factor.getByRole('button', { name: 'Set it up' }).click();
  await dialog.getByLabel('Current password').fill('not the password');
  await page.keyboard.press('Enter');
  await shows(dialog.getByText('It is wrong'));
  await dialog.getByLabel('Current password').fill(password);
  await page.keyboard.press('Enter');
  await shows(dialog.getByRole('img', { name: 'QR code for your authenticator' }));
  await isAccessible(page);
  await takePictures(page, 'profile-second-factor');
  const phone = createAuthenticator((await reads(dialog.locator('code'), /^(?:[A-Z2-7]{4} ?)+$/)).replaceAll(' ', ''));
  await dialog.getByLabel('Code', { exact: true }).fill('000000');
  await page.keyboard.press('Enter');
  await shows(dialog.getByText('It is wrong, or was used before'));
  await dialog.getByLabel('Code', { exact: true }).fill(phone.code(-1));
  await page.keyboard.press('Enter');
  const list = dialog.getByRole('list', { name: 'Backup codes' });
  await shows(list.getByText(/^[a-z2-9]{5}-[a-z2-9]{5}$/).nth(9));
  const codes = await list.getByRole('listitem').allInnerTexts();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  assert.deepEqual(file.trimEnd().split('\n').slice(2), codes);
  await isAccessible(page);
  await takePictures(page, 'profile-backup-codes');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await reads(factor, /on since[\s\S]*Backup codes left\s+10/);
  await page.getByLabel('New password').fill('gnu leap');
  await shows(page.getByText('Long enough', { exact: true }));
  await page.reload();
  await factor.getByRole('button', { name: 'Turn it off' }).click();
  await dialog.getByLabel('Current password').fill(password);
  await dialog.getByLabel('Code', { exact: true }).fill(codes[0] as string);
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Turn it off' }).click();
  await hides(dialog);
  await shows(factor.getByRole('button', { name: 'Set it up' }));
});

test('what the server says of a password is said in Polish, too', async () => {
  const { page, allow } = await journey.visit('/profile', { locale: 'pl-PL' });
  allow(refused(422));
  await page.getByLabel('Obecne hasło').fill(journey.owner.password);
  await page.getByLabel('Nowe hasło').fill('muster-muster-muster');
  await page.keyboard.press('Enter');
  await shows(page.getByText('To niewiele więcej niż nazwa, którą każdy odgadnie'));
});
