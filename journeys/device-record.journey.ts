import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectDevice } from '@muster/testkit/mqtt';
import { until } from '@muster/testkit/until';
import { isAccessible } from './support/axe.ts';
import { type MadeDevice, makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { refused } from './support/watch.ts';

let bench: MadeDevice;
const journey = useJourney({
  async prepare({ api, makeDevice }) {
    await makePlace(api, 'Hall 2');
    bench = await makeDevice({ deviceId: 'bench-5', name: 'Bench 5' });
  },
});

test('the first events of a device take the place of how to make one', async () => {
  const quiet = await journey.makeDevice({ deviceId: 'bench-6', name: 'Bench 6' });
  const { page } = await journey.visit('/devices/bench-6?tab=events');
  await shows(page.getByText('No events yet. A device tells what happens to it by publishing, for example:'));
  const device = await journey.connect(quiet);
  await reads(page.getByRole('list', { name: 'Events' }), /Online, it connected/);
  await device.end();
});

test('what happens to a device is listed as it happens, by type in the address', async () => {
  const device = await journey.connect(bench);
  const { page } = await journey.visit('/devices/bench-5?tab=events');
  await device.publish('devices/bench-5/events', { type: 'door_opened', data: { by: 'Ola', door: 'A' } });
  const events = page.getByRole('list', { name: 'Events' });
  await reads(events, /door_opened[\s\S]*by\s*Ola[\s\S]*door\s*A[\s\S]*Online, it connected/);
  await device.publish('devices/bench-5/events', { type: 'self_test', data: { steps: [{ name: 'valve', ok: true }] } });
  await reads(events, /^\d\d:\d\d:\d\d\s+self_test/);
  await events.getByText('Data', { exact: true }).click();
  await shows(events.getByText('"name": "valve"'));
  await isAccessible(page);
  await takePictures(page, 'device-events');
  await page.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'door_opened' }).click();
  await addressHas(page, { event: 'door_opened' });
  await page.reload();
  await reads(events, /door_opened/);
  assert.equal(await events.getByRole('listitem').count(), 1);
  await page.getByRole('tab', { name: 'Live' }).click();
  await addressHas(page, { tab: null });
  await page.goBack();
  await addressHas(page, { tab: 'events' });
  await device.end();
});

test('a new token is shown once and the old one ends', async () => {
  const { page } = await journey.visit('/devices/bench-5?tab=access');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByRole('heading', { name: 'New token for Bench 5' }));
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await shows(dialog.getByText('It is shown this once. Put it into the device, or keep it in a safe place.'));
  await isAccessible(page);
  await takePictures(page, 'device-token');
  const token = await dialog.getByText(/^md_/).innerText();
  await page.keyboard.press('Escape');
  await shows(dialog);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await hides(dialog);
  assert.equal((await page.content()).includes(token), false);
  await assert.rejects(journey.connect(bench), { code: 5 });
  bench = { ...bench, token };
  const device = await journey.connect(bench);
  await device.end();
});

test('a message that was refused is listed with its reason, and every message is accounted for', async () => {
  const { page } = await journey.visit('/devices/bench-5?tab=access');
  await shows(page.getByText(/^Nothing was refused/));
  const device = await journey.connect(bench);
  await device.telemetry({ ts: Date.now(), boot: 'b', seq: 1, values: { p1: 5 } });
  await device.telemetry({ ts: Date.now(), boot: 'b', seq: 1, values: { p1: 5 } });
  await device.telemetry('{"values": {"p1": 5,}}');
  await device.telemetry({ values: { p1: 'five' } });
  const listed =
    /A value of the wrong type[\s\S]*devices\/bench-5\/telemetry[\s\S]*Not valid JSON[\s\S]*\{"values": \{"p1": 5,\}\}/;
  await until(async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    return listed.test(await card(page, 'Refused messages').innerText());
  }, 'both refused messages are listed');
  await page.reload();
  await reads(
    card(page, 'What became of its messages'),
    /Received\s+4\s+Stored\s+1\s+Repeated, kept once\s+1\s+Refused\s+2[\s\S]*Being stored\s+0\s+Lost\s+0/,
  );
  await isAccessible(page);
  await takePictures(page, 'device-access');
  await device.end();
});

test('a device is renamed and moved, and somebody else’s change meanwhile is shown, not overwritten', async () => {
  const { page, allow } = await journey.visit('/devices/bench-5');
  allow(refused(412));
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Bench 5 by the door');
  await dialog.getByRole('combobox', { name: 'Place' }).click();
  await page.getByRole('option', { name: 'Hall 2' }).click();
  await dialog.getByLabel('Labels').fill('spare, to calibrate');

  const { version } = (await journey.api.get<{ version: number }>('/devices/bench-5')).body;
  await journey.api.patch('/devices/bench-5', { name: 'Bench five', serialNumber: 'MSK-0005' }, { version });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await reads(dialog.getByRole('alert'), /Somebody else changed this device[\s\S]*Bench five[\s\S]*MSK-0005/);
  await isAccessible(page);
  await takePictures(page, 'device-conflict');
  await dialog.getByRole('button', { name: 'Take their changes' }).click();
  await dialog.getByLabel('Name').fill('Bench 5 by the gate');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await hides(dialog);
  await shows(page.getByRole('heading', { name: 'Bench 5 by the gate' }));
  await reads(page.getByRole('main'), /serial MSK-0005/);
});

test('a device is deleted after one question that names it, and can no longer speak', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByRole('heading', { name: 'Delete Bench 5 by the gate?' }));
  await isAccessible(page);
  await takePictures(page, 'device-delete');
  await dialog.getByRole('button', { name: 'Delete Bench 5 by the gate' }).click();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await hides(page.getByRole('link', { name: 'Bench 5 by the gate' }));
  await assert.rejects(connectDevice(journey.server.mqtt, bench));
});
