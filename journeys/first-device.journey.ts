import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectDevice } from '@muster/testkit/mqtt';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const journey = useJourney();

/** What an MQTT client is told by a line of `mosquitto_pub`, as a shell reads it. */
function readCommand(line: string): Record<string, string> {
  const [program, ...words] = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  assert.equal(program, 'mosquitto_pub');
  const pairs = Array.from({ length: words.length / 2 }, (_, index) => words.slice(2 * index, 2 * index + 2));
  return Object.fromEntries(pairs);
}

test('an empty installation leads to the first value: add a device, send the shown line, open the device', async (t) => {
  const { page } = await journey.visit('/');
  await shows(page.getByRole('heading', { name: 'Connect your first device' }));
  await shows(page.getByText(journey.server.mqtt, { exact: true }));
  await isAccessible(page);
  await takePictures(page, 'first-device-guide');

  await page.getByRole('main').getByRole('button', { name: 'Add a device' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByRole('heading', { name: 'Add a device' }));
  assert.equal(await dialog.getByLabel('Device id').inputValue(), 'device-1');
  await isAccessible(page);
  await takePictures(page, 'first-device-form');
  await dialog.getByLabel('Device id').fill('greenhouse 1');
  await dialog.getByRole('button', { name: 'Add and show its token' }).click();
  await shows(dialog.getByText('1 to 64 letters, digits, dots, hyphens and underscores'));
  await dialog.getByLabel('Device id').fill('greenhouse-1');
  await dialog.getByLabel('Name (optional)').fill('Greenhouse by the gate');
  await dialog.getByRole('button', { name: 'Add and show its token' }).click();

  await shows(dialog.getByRole('heading', { name: 'Connect Greenhouse by the gate' }));
  await reads(dialog.getByRole('status'), /Waiting for the first message/);
  await isAccessible(page);
  await takePictures(page, 'first-device-token');
  const line = await dialog.getByText(/^mosquitto_pub /).innerText();
  const told = readCommand(line);
  const token = told['-P'] ?? '';
  assert.match(token, /^md_/);
  await shows(dialog.getByText(token, { exact: true }));

  const credential = { deviceId: 'greenhouse-1', username: told['-u'] ?? '', token };
  const client = await connectDevice(`mqtt://${told['-h']}:${told['-p']}`, credential);
  const sentAt = performance.now();
  await client.publish(told['-t'] ?? '', told['-m'], { qos: Number(told['-q']) as 1 });
  await reads(dialog.getByRole('status'), /Received: temperature 21.5/);
  t.diagnostic(`from the publish to "Received" on the screen: ${Math.round(performance.now() - sentAt)} ms`);
  await takePictures(page, 'first-device-received');

  await dialog.getByRole('button', { name: 'Open the device' }).click();
  await shows(page.getByRole('heading', { name: 'Greenhouse by the gate' }));
  await reads(page.getByRole('list', { name: 'Newest values' }), /temperature[\s\S]*21.5/);
  assert.equal((await page.content()).includes(token), false, 'a token is shown once');
  await client.end();
});

test('a message that cannot be taken is told while the first one is awaited', async () => {
  const { page } = await journey.visit('/fleet?add=true');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Device id').fill('greenhouse-2');
  await dialog.getByLabel('Device id').press('Enter');
  const told = readCommand(await dialog.getByText(/^mosquitto_pub /).innerText());
  const credential = { deviceId: 'greenhouse-2', username: told['-u'] ?? '', token: told['-P'] ?? '' };
  const client = await connectDevice(journey.server.mqtt, credential);
  await client.publish(told['-t'] ?? '', '{"values": {"temperature": 21.5');
  await reads(dialog.getByRole('status'), /The newest message was refused: \S/);
  await client.publish(told['-t'] ?? '', told['-m']);
  await reads(dialog.getByRole('status'), /Received: temperature 21.5/);
  await client.end();
});

test('an id that is taken is told at its field', async () => {
  const { page, allow } = await journey.visit('/fleet?add=true');
  allow(/status of 409/);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Device id').fill('greenhouse-1');
  await dialog.getByLabel('Device id').press('Enter');
  await shows(dialog.getByText('There is a device of this id already'));
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(new URL(page.url()).search, '');
});
