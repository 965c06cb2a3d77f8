import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import { until } from '@muster/testkit/until';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const journey = useJourney();

test('a command waits for its device, goes on as the device says, and is seen to do so without a reload', async () => {
  const device = await journey.makeDevice({ deviceId: 'pump-1', name: 'Pump 1', type: 'generic' });
  const { page } = await journey.visit('/devices/pump-1?tab=commands');
  await shows(page.getByText('The device was told nothing yet.'));
  await isAccessible(page);
  await page.getByRole('button', { name: 'Send a command' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Command').fill('start');
  await dialog.getByLabel('Parameters').fill('{"speed": 3');
  await shows(dialog.getByText('Pump 1 is not connected: the command waits for it.'));
  await isAccessible(page);
  await takePictures(page, 'command-send');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await shows(dialog.getByText('This can not be read'));
  await dialog.getByLabel('Parameters').fill('{"speed": 3}');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await hides(dialog);
  const list = page.getByRole('list', { name: 'Commands, newest first' });
  await reads(list, /start[\s\S]*Queued: the device is not there yet[\s\S]*speed\s*3[\s\S]*sent by owner/);

  const mqtt = await journey.connect(device);
  const ids: string[] = [];
  mqtt.client.on('message', (topic) => ids.push(topic.split('/').at(-1) as string));
  await mqtt.subscribe('devices/pump-1/commands/#');
  await until(() => ids.length === 1, 'it comes');
  await reads(list, /Sent: not yet confirmed/);
  const say = (said: object) => mqtt.publish(`devices/pump-1/commands/${ids[0]}/result`, said);
  await say({ state: 'acknowledged' });
  await reads(list, /The device has it/);
  await say({ state: 'failed', error: 'the valve is stuck' });
  await reads(list, /Failed[\s\S]*the valve is stuck/);
  await isAccessible(page);
  await takePictures(page, 'commands');
  await mqtt.end();
});

test('a command that asks for a second person is rejected, and one that no device has taken is cancelled', async () => {
  await journey.makeDevice({ deviceId: 'pump-2', name: 'Pump 2', type: 'generic' });
  const { page } = await journey.visit('/devices/pump-2?tab=commands');
  const send = async (name: string, approval: boolean) => {
    await page.getByRole('button', { name: 'Send a command' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Command').fill(name);
    if (approval) await dialog.getByRole('checkbox', { name: 'A second person must approve it' }).check();
    await page.keyboard.press('Enter');
    await hides(dialog);
  };
  await send('open', true);
  const list = page.getByRole('list', { name: 'Commands, newest first' });
  await reads(list, /open[\s\S]*Waits for a second person/);
  assert.equal(await list.getByRole('button', { name: 'Approve' }).count(), 0, 'not by who sent it');
  await list.getByRole('button', { name: 'Reject' }).click();
  await reads(list, /Rejected[\s\S]*rejected by owner/);
  await send('close', false);
  await list.getByRole('button', { name: 'Cancel it' }).click();
  await reads(list, /close[\s\S]*Cancelled/);
  const { items } = await bodyOf(journey.api.get<{ items: { state: string }[] }>('/devices/pump-2/commands'), 200);
  assert.deepEqual(
    items.map(({ state }) => state),
    ['cancelled', 'rejected'],
  );
});
