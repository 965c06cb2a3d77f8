import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { connectDevice } from '@muster/testkit/mqtt';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { lostConnection } from './support/watch.ts';

const journey = useJourney();

const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click();
const steps = (page: Page) => page.getByRole('navigation', { name: 'Steps' });
const heading = (page: Page, name: string) => shows(page.getByRole('heading', { name, exact: true }));

test('whatever is skipped is named at the end and a touch away', async () => {
  const { page } = await journey.visit('/first-steps');
  for (const name of ['Secure your sign-in', 'Your first place', 'Your first device']) {
    await heading(page, name);
    await press(page, 'Skip');
  }
  await heading(page, 'Muster is ready');
  await reads(page.getByRole('main'), /Left for later\s+Secure sign-in[\s\S]*First place[\s\S]*First device/);
  await isAccessible(page);
  await takePictures(page, 'first-steps-skipped');
  await page.getByRole('main').getByRole('listitem').getByRole('link', { name: 'First place' }).last().click();
  await heading(page, 'Your first place');
  await press(page, 'Back');
  await heading(page, 'Secure your sign-in');
  await page.goBack();
  await heading(page, 'Your first place');
});

test('a first place is made although the connection is lost in between', async () => {
  const { page, allow } = await journey.visit('/first-steps?step=place');
  await isAccessible(page);
  await takePictures(page, 'first-steps-place');
  await page.getByLabel('Name', { exact: true }).fill('Northern works');
  allow(lostConnection);
  journey.link.cut();
  await press(page, 'Save');
  await shows(page.getByRole('alert').getByText('The server does not answer. Check the connection and try again.'));
  journey.link.mend();
  await press(page, 'Save');
  await heading(page, 'There is 1 place');
  await page.reload();
  await heading(page, 'There is 1 place');
  await press(page, 'Continue');
  await heading(page, 'Your first device');
});

test('the first device is awaited, after a reload too, and what it sends is said at once', async () => {
  const { page } = await journey.visit('/first-steps?step=device');
  assert.equal(await page.getByLabel('Device id').inputValue(), 'device-1');
  assert.equal(await page.getByRole('combobox', { name: 'Place' }).last().inputValue(), 'Northern works');
  await isAccessible(page);
  await takePictures(page, 'first-steps-device');
  await page.getByLabel('Device id').press('Enter');
  await heading(page, 'Connect device-1');
  await addressHas(page, { step: 'device', device: 'device-1' });
  await shows(page.getByText(/^mosquitto_pub /));
  await isAccessible(page);
  await takePictures(page, 'first-steps-connect');

  await page.goto('/first-steps?step=device');
  await heading(page, 'Connect device-1');
  await shows(page.getByText('Waiting for the first message…'));
  await isAccessible(page);
  await takePictures(page, 'first-steps-awaited');
  await press(page, 'Make a new token');
  const token = await page.getByText(/^md_/).innerText();
  const client = await connectDevice(journey.server.mqtt, {
    deviceId: 'device-1',
    username: 'acme/device-1',
    token: token.trim(),
  });
  await client.publish('devices/device-1/telemetry', '{"values": {"temperature": 21.5}}');
  await reads(page.getByRole('main'), /Received: temperature 21.5/);
  await reads(steps(page), /First device\s*done/);
  await takePictures(page, 'first-steps-received');
  await press(page, 'Continue');
  await reads(page.getByRole('main'), /Left for later\s+Secure sign-in/);
  await client.end();
});

test('it reads in Polish', async () => {
  const { page } = await journey.visit('/first-steps', { locale: 'pl-PL' });
  await heading(page, 'Zabezpiecz swoje logowanie');
  await isAccessible(page);
  await takePictures(page, 'first-steps-polish');
});

test('the sign-in is secured with an authenticator, and the step knows it after a reload', async () => {
  const { page } = await journey.visit('/first-steps');
  await isAccessible(page);
  await takePictures(page, 'first-steps-security');
  await press(page, 'Set it up');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Current password').fill(journey.owner.password);
  await page.keyboard.press('Enter');
  await shows(dialog.getByRole('img', { name: 'QR code for your authenticator' }));
  const phone = createAuthenticator((await dialog.locator('code').innerText()).replaceAll(' ', ''));
  await dialog.getByLabel('Code', { exact: true }).fill(phone.code(0));
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await hides(dialog);
  await reads(steps(page), /Secure sign-in\s*done/);
  await page.reload();
  await heading(page, 'Everything is done');
  await isAccessible(page);
  await takePictures(page, 'first-steps-done');
  await press(page, 'Go to the overview');
  await heading(page, 'Overview');
});
