import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@muster/testkit/until';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { refused } from './support/watch.ts';

const journey = useJourney();

test('the organization gets a name and says how long values are kept', async () => {
  const { page } = await journey.visit('/administration');
  const form = card(page, 'Organization');
  await form.getByLabel('Name').fill('Nordhaven Airport');
  await form.getByLabel('As sent').fill('0');
  await shows(form.getByText('1 to 3653 days'));
  assert.equal(await form.getByRole('button', { name: 'Save' }).isDisabled(), true);
  await form.getByLabel('As sent').fill('7');
  await shows(form.getByText('Values older than that are deleted for good soon after you save.'));
  await isAccessible(page);
  await takePictures(page, 'administration');
  await form.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByText('values as sent, older than 7 days'));
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.reload();
  assert.notEqual(await form.getByLabel('As sent').inputValue(), '7', 'nothing is deleted unasked');
  await form.getByLabel('Name').fill('Nordhaven Airport');
  await form.getByLabel('As sent').fill('7');
  await form.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Save and delete' }).click();
  await hides(form.getByText('Values older than that are deleted for good soon after you save.'));
  await page.reload();
  await shows(page.getByRole('banner').getByText('Nordhaven Airport'));
  assert.equal(await form.getByLabel('As sent').inputValue(), '7');
});

test('a new name of the organization is on the page at once', async () => {
  const { page } = await journey.visit('/administration');
  const form = card(page, 'Organization');
  await form.getByLabel('Name').fill('Nordhaven West');
  await form.getByRole('button', { name: 'Save' }).click();
  await shows(page.getByRole('banner').getByText('Nordhaven West'));
});

test('a change that somebody else made meanwhile is not overwritten unseen', async () => {
  const { page, allow } = await journey.visit('/administration');
  allow(refused(412));
  const form = card(page, 'Organization');
  await form.getByLabel('Name').fill('Nordhaven North');
  const { id } = (await journey.api.get<{ organization: { id: string } }>('/auth/me')).body.organization;
  const { version } = (await journey.api.get<{ version: number }>(`/organizations/${id}`)).body;
  await journey.api.patch(`/organizations/${id}`, { name: 'Nordhaven South' }, { version });
  await form.getByRole('button', { name: 'Save' }).click();
  await shows(page.getByText('Somebody else changed it meanwhile. Load it again, then repeat your change.'));
  assert.equal(await form.getByLabel('Name').inputValue(), 'Nordhaven North', 'what was typed stays to be seen');
  assert.equal(await form.getByRole('button', { name: 'Save' }).isDisabled(), true);
  await isAccessible(page);
  await takePictures(page, 'administration-conflict');
  await form.getByRole('button', { name: 'Load it again' }).click();
  await until(async () => (await form.getByLabel('Name').inputValue()) === 'Nordhaven South', 'their name is there');
  await form.getByLabel('Name').fill('Nordhaven North');
  await form.getByRole('button', { name: 'Save' }).click();
  await shows(page.getByRole('banner').getByText('Nordhaven North'));
});

test('the parts of the installation say how they are, and refused messages why', async () => {
  const bench = await journey.makeDevice({ deviceId: 'bench-1', name: 'Bench 1' });
  const device = await journey.connect(bench);
  await device.telemetry({ values: { p1: 5 } });
  await device.telemetry({ values: { p9: 5 } });
  await device.telemetry('not JSON');
  await device.end();
  const { page } = await journey.visit('/administration');
  await reads(card(page, 'Health'), /Store\s+Up[\s\S]*MQTT broker\s+Up[\s\S]*Database\s+Up[\s\S]*Disk\s+Up/);
  await reads(
    card(page, 'Every message accounted for'),
    /Received\s+3\s+Stored\s+1[\s\S]*Refused\s+2[\s\S]*Not valid JSON\s+1[\s\S]*Lost\s+0/,
  );
});
