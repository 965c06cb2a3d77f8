import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Person } from '@muster/contract/users';
import { bodyOf } from '@muster/testkit/api';
import { until } from '@muster/testkit/until';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { choosePassword, signIn } from './support/sign-in.ts';
import { lostConnection, refused } from './support/watch.ts';

let hall: string;
const journey = useJourney({
  async prepare({ api, makeDevice }) {
    const site = await makePlace(api, 'Harbour', 'site');
    hall = await makePlace(api, 'Hall 1', 'hall', site);
    const corner = await makePlace(api, 'Corner', 'room', hall);
    const other = await makePlace(api, 'Hall 2', 'hall', site);
    const bench = await makeDevice({ deviceId: 'bench-1', name: 'Bench 1', placeId: corner });
    await makeDevice({ deviceId: 'bench-2', name: 'Bench 2', placeId: other });
    await bench.send({ values: { p1: 5, p2: 2.5, p3: 500 } });
  },
});

const FIRST = 'given by somebody else';
const OWN = 'seven green valves hum';

const list = (page: Page) => page.getByRole('list', { name: 'People' });

const addPerson = (username: string, roles: object[] = [], name = '') =>
  bodyOf(
    journey.api.post<Person>('/users', { username, name, email: `${username}@example.com`, password: FIRST, roles }),
    201,
  );

async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: field, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent',
  );

/** Waits until what has the focus is called like this. */
const hasFocus = (page: Page, name: string) =>
  until(async () => (await focused(page)) === name, `the focus is on ${name}`);

/** Presses Tab until what has the focus is called like this. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}

test('a person is added with a role in a place, and comes in after choosing a password', async () => {
  const { page } = await journey.visit('/administration');
  await page.getByRole('link', { name: 'People' }).click();
  await shows(page.getByRole('heading', { name: 'People' }));
  await reads(list(page), /owner[\s\S]*Owner/);
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  assert.equal(await dialog.getByText('Needed').count(), 3);
  await dialog.getByLabel('User name').fill('marta');
  await dialog.getByLabel('Name (optional)').fill('Marta Wolska');
  await dialog.getByLabel('E-mail').fill('marta@example.com');
  await dialog.getByRole('button', { name: 'Generate' }).click();
  await choose(page, 'Role 1', 'Operator');
  await choose(page, 'Where role 1 holds', 'A place');
  await choose(page, 'Place of role 1', 'Harbour / Hall 1');
  await isAccessible(page);
  await takePictures(page, 'person-add');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await shows(dialog.getByRole('heading', { name: 'Marta Wolska can sign in' }));
  await isAccessible(page);
  await takePictures(page, 'person-added');
  const password = await dialog.locator('code').nth(1).innerText();
  assert.match(password, /^(?:[a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await hides(dialog);
  await reads(list(page), /Marta Wolska[\s\S]*Operator · Hall 1/);
  await page.reload();
  await reads(list(page), /Marta Wolska[\s\S]*First password not changed[\s\S]*Operator · Hall 1/);
  await isAccessible(page);
  await takePictures(page, 'people');

  const { page: hers, allow } = await journey.visitAsStranger('/fleet');
  allow(refused(422), refused(403));
  await signIn(hers, 'marta', password);
  await shows(hers.getByRole('heading', { name: 'Choose your password' }));
  await hers.goto('/administration/people');
  await shows(hers.getByRole('heading', { name: 'Choose your password' }));
  assert.equal(await hers.getByRole('navigation').count(), 0, 'nothing else is there yet');
  await hers.getByLabel('Current password').fill('not what it was');
  await hers.getByLabel('New password').fill(OWN);
  await hers.getByRole('button', { name: 'Set the password and go on' }).click();
  await shows(hers.getByText('It is wrong'));
  await isAccessible(hers);
  await takePictures(hers, 'new-password');
  await hers.getByLabel('Current password').fill(password);
  await hers.getByLabel('New password').fill('marta marta marta');
  await hers.getByRole('button', { name: 'Set the password and go on' }).click();
  await shows(hers.getByText('Little more than a name that anyone can guess'));
  await hers.getByLabel('New password').fill(OWN);
  await hers.getByRole('button', { name: 'Set the password and go on' }).click();
  await reads(hers.getByRole('alert'), /You may not do this/);
  await hers.getByRole('link', { name: 'Overview', exact: true }).click();
  await shows(hers.getByRole('region', { name: 'Hall 1' }));
  await isAccessible(hers);
  await takePictures(hers, 'overview-of-a-place');
  await hers.getByRole('link', { name: 'Fleet' }).click();
  await shows(hers.getByRole('link', { name: 'Bench 1' }));
  await shows(hers.getByText('1 device', { exact: true }));
  await hers.getByRole('button', { name: 'Place Everywhere' }).click();
  assert.equal(
    await hers
      .getByRole('option')
      .allInnerTexts()
      .then((texts) => texts.join()),
    'Everywhere,Hall 1,Corner',
  );
  await hers.getByRole('option', { name: 'Corner' }).click();
  await addressHas(hers, { place: /./ });
  await shows(hers.getByRole('link', { name: 'Bench 1' }));
  await hers.getByRole('link', { name: 'Places' }).click();
  await reads(
    hers.getByRole('main').getByRole('list'),
    /^Hall 1\s+Hall\s+Working\s+1 device\s+Corner\s+Room\s+Working\s+1 device$/,
  );
});

test('a person is changed, disabled, enabled and deleted; what follows from the roles is said', async () => {
  const jan = await addPerson('jan', [{ role: 'viewer', placeId: hall }], 'Jan Nowak');
  const { page, allow } = await journey.visit('/administration/people?q=nowak');
  allow(refused(404));
  await shows(page.getByText('1 person matches'));
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Jan Nowak' }));
  await page.getByLabel('Name (optional)').fill('Jan Nowakowski');
  await card(page, 'Person').getByRole('button', { name: 'Save' }).click();
  await shows(page.getByRole('heading', { name: 'Jan Nowakowski' }));

  const roles = card(page, 'Roles');
  await roles.getByRole('button', { name: 'Add a role' }).click();
  assert.equal(await roles.getByRole('button', { name: 'Save' }).isDisabled(), true, 'a row is not ready');
  await choose(page, 'Role 2', 'Operator');
  await choose(page, 'Where role 2 holds', 'One device');
  await roles.getByRole('combobox', { name: 'Device of role 2' }).fill('bench 2');
  await page.getByRole('option', { name: 'Bench 2 (bench-2)' }).click();
  await roles.getByRole('button', { name: 'Add a role' }).click();
  await choose(page, 'Role 3', /^Workshop administrator/);
  await roles.getByRole('button', { name: 'Save' }).click();
  const follows = card(page, 'What these roles allow');
  await reads(
    follows,
    /People\s+See people[\s\S]*Devices[\s\S]*change and delete devices\s+only bench-2[\s\S]*Industrial/,
  );
  await isAccessible(page);
  await takePictures(page, 'person');
  assert.match(
    await roles.getByRole('combobox', { name: 'Role 1', exact: true }).inputValue(),
    /^Workshop administrator/,
  );
  await roles.getByRole('button', { name: 'Remove role 1' }).click();
  await roles.getByRole('button', { name: 'Save' }).click();
  await reads(follows, /See devices\s+only Hall 1, bench-2/);
  await page.reload();
  await reads(follows, /See devices\s+only Hall 1, bench-2/);

  await page.getByRole('button', { name: 'Disable' }).click();
  await shows(page.getByText('Cannot sign in until enabled again.'));
  const { page: his, allow: allowHis } = await journey.visitAsStranger('/');
  allowHis(refused(401));
  await signIn(his, 'jan', FIRST);
  await reads(his.getByRole('alert'), /wrong/);
  await page.getByRole('button', { name: 'Enable' }).click();
  await hides(page.getByText('Cannot sign in until enabled again.'));

  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await isAccessible(page);
  await takePictures(page, 'person-delete');
  await dialog.getByRole('button', { name: 'Delete Jan Nowakowski' }).click();
  await shows(page.getByRole('heading', { name: 'People' }));
  await reads(list(page), /owner/);
  assert.equal(await list(page).getByText('Jan').count(), 0);
  await page.goto(`/administration/people/${jan.id}`);
  await reads(page.getByRole('alert'), /It does not exist/);
});

test('what is known of a disabled person is erased, and the audit trail says so and verifies', async () => {
  const ewa = await addPerson('ewa', [], 'Ewa Lis');
  const { page, allow } = await journey.visit(`/administration/people/${ewa.id}`);
  allow(refused(404));
  await shows(page.getByRole('heading', { name: 'Ewa Lis' }));
  assert.equal(await page.getByRole('button', { name: 'Erase…' }).count(), 0, 'not while the person may sign in');
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('button', { name: 'Erase…' }).click();
  const dialog = page.getByRole('dialog');
  await reads(dialog, /can not be undone[\s\S]*What is lost/);
  await isAccessible(page);
  await takePictures(page, 'person-erase');
  await dialog.getByRole('button', { name: 'Erase Ewa Lis' }).click();
  await shows(page.getByRole('heading', { name: 'People' }));
  assert.equal(await list(page).getByText('Ewa').count(), 0);
  await page.goto('/administration/audit');
  await shows(page.getByText('Erased a person').first());
  await page.getByRole('button', { name: 'Verify' }).click();
  await reads(page.getByRole('status').filter({ hasText: 'whole' }), /Of \d+ of them the personal part was erased/);
  await takePictures(page, 'audit-erased');
});

test('the last owner stays, a taken name is said, and nobody gives more than he may', async () => {
  const { page, allow } = await journey.visit('/administration/people');
  allow(refused(409));
  await list(page).getByRole('link', { name: 'owner' }).click();
  await shows(page.getByText('This is you.'));
  const roles = card(page, 'Roles');
  await choose(page, 'Role 1', 'Viewer');
  await roles.getByRole('button', { name: 'Save' }).click();
  await reads(roles.getByRole('alert'), /An organization needs an owner who can sign in/);
  await addPerson('ola');
  const person = card(page, 'Person');
  await person.getByLabel('User name').fill('ola');
  await person.getByRole('button', { name: 'Save' }).click();
  await reads(person, /User name[\s\S]*It is taken already/);

  await addPerson('adam', [{ role: 'administrator' }]);
  const hers = await journey.visitAsStranger('/administration/people');
  hers.allow(refused(403));
  await signIn(hers.page, 'adam', FIRST);
  await choosePassword(hers.page, FIRST, OWN);
  await list(hers.page).getByRole('link', { name: 'ola' }).click();
  await hers.page.getByRole('button', { name: 'Add a role' }).click();
  await choose(hers.page, 'Role 1', 'Owner');
  await card(hers.page, 'Roles').getByRole('button', { name: 'Save' }).click();
  await reads(card(hers.page, 'Roles').getByRole('alert'), /You can give only what you may do yourself/);
  await isAccessible(hers.page);
  await takePictures(hers.page, 'person-refused');
});

test('a change that somebody else made meanwhile is not overwritten unseen, and none is lost with the connection', async () => {
  const eva = await addPerson('eva', [], 'Eva');
  const { page, allow } = await journey.visit(`/administration/people/${eva.id}`);
  allow(refused(412), lostConnection);
  const person = card(page, 'Person');
  await person.getByLabel('Name (optional)').fill('Eva Lis');
  const { version } = await bodyOf(
    journey.api.patch<Person>(`/users/${eva.id}`, { name: 'Ewa' }, { version: eva.version }),
    200,
  );
  await person.getByRole('button', { name: 'Save' }).click();
  await shows(page.getByText('Somebody else changed it meanwhile. Load it again, then repeat your change.'));
  assert.equal(await person.getByLabel('Name (optional)').inputValue(), 'Eva Lis', 'what was typed stays to be seen');
  await isAccessible(page);
  await person.getByRole('button', { name: 'Load it again' }).click();
  await shows(page.getByRole('heading', { name: 'Ewa' }));
  await person.getByLabel('Name (optional)').fill('Ewa Lis');
  journey.link.cut();
  await person.getByRole('button', { name: 'Save' }).click();
  await reads(person.getByRole('alert'), /^The server does not answer/);
  journey.link.mend();
  await person.getByRole('button', { name: 'Save' }).click();
  await shows(page.getByRole('heading', { name: 'Ewa Lis' }));
  const after = await bodyOf(journey.api.get<Person>(`/users/${eva.id}`), 200);
  assert.equal(after.version, version + 1, 'it was changed once');
});

test('a person is added without a pointer', async () => {
  const { page } = await journey.visit('/administration/people');
  const { keyboard } = page;
  await reads(list(page), /owner/);
  await keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await hasFocus(page, 'User name');
  await keyboard.type('iga');
  await keyboard.press('Tab');
  await keyboard.type('Iga Lem');
  await keyboard.press('Tab');
  await keyboard.type('iga@example.com');
  await tabTo(page, 'Generate');
  await keyboard.press('Enter');
  await tabTo(page, 'Role 1');
  await keyboard.type('view');
  await shows(page.getByRole('option', { name: 'Viewer' }));
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await tabTo(page, 'Add');
  await keyboard.press('Enter');
  await shows(dialog.getByRole('heading', { name: 'Iga Lem can sign in' }));
  await hasFocus(page, 'Copy First password');
  await tabTo(page, 'I have kept it');
  await keyboard.press('Enter');
  await hides(dialog);
  await reads(list(page), /Iga Lem[\s\S]*Viewer/);
  await keyboard.press('/');
  await keyboard.type('iga');
  await addressHas(page, { q: 'iga' });
  await shows(page.getByText('1 person matches'));
  await keyboard.press('Tab');
  await keyboard.press('Control+k');
  await shows(page.getByRole('dialog', { name: 'Search or jump to' }));
  await keyboard.type('lem');
  await shows(page.getByRole('option', { name: 'Iga Lem' }));
  await keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Iga Lem' }));
  await keyboard.press('Control+k');
  await shows(page.getByRole('dialog', { name: 'Search or jump to' }));
  await keyboard.type('api keys');
  await shows(page.getByRole('option', { name: 'Administration: API keys' }));
  await keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'API keys' }));
  await keyboard.press('g');
  await keyboard.press('a');
  await shows(page.getByRole('heading', { name: 'Administration' }));
});

test('somebody without a role is told so, and what a new one allows comes to the open page', async () => {
  const person = await addPerson('leo');
  const { page, allow } = await journey.visitAsStranger('/');
  allow(lostConnection);
  await signIn(page, 'leo', FIRST);
  await choosePassword(page, FIRST, OWN);
  await shows(page.getByText('Nobody has given you a role yet.'));
  await isAccessible(page);
  await takePictures(page, 'without-a-role');
  const { version } = await bodyOf(journey.api.get<Person>(`/users/${person.id}`), 200);
  const roles = [{ role: 'administrator' }];
  await bodyOf(journey.api.put<Person>(`/users/${person.id}/roles`, { roles }, { version }), 200);
  journey.link.cut();
  await reads(page.getByRole('banner'), /Reconnecting/);
  journey.link.mend();
  await shows(page.getByRole('region', { name: 'Harbour' }));
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('link', { name: 'People' }).click();
  await reads(list(page), /leo[\s\S]*Administrator/);
});

test('whoever holds a role for one device sees that it stands somewhere, and not that it has no place', async () => {
  await addPerson('ewa', [{ role: 'operator', deviceId: 'bench-1' }]);
  const { page } = await journey.visitAsStranger('/');
  await signIn(page, 'ewa', FIRST);
  await choosePassword(page, FIRST, OWN);
  await reads(page.getByRole('region', { name: 'In places you cannot see' }), /1 device/);
  await isAccessible(page);
  await takePictures(page, 'overview-of-a-device');
  await page.getByRole('link', { name: 'Fleet' }).click();
  await reads(page.getByRole('list', { name: 'Fleet' }), /Bench 1[\s\S]*In a place you cannot see/);
  await page.getByRole('link', { name: 'Bench 1' }).click();
  await shows(page.getByRole('main').getByText('In a place you cannot see'));
  await isAccessible(page);
});
