import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { refused } from './support/watch.ts';

const journey = useJourney();

const tree = (page: Page) => page.getByRole('main').getByRole('list');
const act = async (page: Page, name: string, what: string) => {
  await page.getByRole('button', { name: `What to do with ${name}` }).click();
  await page.getByRole('menuitem', { name: what }).click();
};
const choose = async (page: Page, field: string, option: string) => {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const save = async (page: Page) => {
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await hides(page.getByRole('dialog'));
};

test('places are made, nested, renamed, moved and deleted', async () => {
  const { page, allow } = await journey.visit('/fleet/places');
  await shows(page.getByText('Places give your fleet its shape: a site, its halls, its rooms. Add the first one.'));
  await isAccessible(page);
  await takePictures(page, 'places-none');

  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name' }).fill('Harbour');
  await isAccessible(page);
  await takePictures(page, 'place-form');
  await save(page);
  for (const hall of ['Hall 1', 'Hall 2']) {
    await act(page, 'Harbour', 'Add a place inside');
    await page.getByRole('textbox', { name: 'Name' }).fill(hall);
    await save(page);
  }
  await reads(tree(page), /Harbour[\s\S]*Hall 1\s+Hall\b[\s\S]*Hall 2\s+Hall\b/);
  await shows(page.getByText('3 places'));

  allow(refused(409));
  await act(page, 'Harbour', 'Add a place inside');
  await page.getByRole('textbox', { name: 'Name' }).fill('Hall 1');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await shows(page.getByText('There is a place of this name here already'));
  await page.getByRole('button', { name: 'Cancel' }).click();

  await act(page, 'Hall 2', 'Rename or move');
  await page.getByRole('textbox', { name: 'Name' }).fill('Paint shop');
  await choose(page, 'Inside', 'Harbour / Hall 1');
  await save(page);
  await shows(page.getByRole('link', { name: 'Paint shop' }));
  await isAccessible(page);
  await takePictures(page, 'places');

  await page.getByRole('button', { name: 'Close Hall 1' }).click();
  await hides(page.getByRole('link', { name: 'Paint shop' }));
  await page.keyboard.press('/');
  await page.keyboard.type('paint');
  await reads(tree(page), /^Paint shop\s+Harbour \/ Hall 1/);
  await addressHas(page, { q: 'paint' });
  await page.reload();
  await reads(tree(page), /^Paint shop\s+Harbour \/ Hall 1/);
  await page.getByRole('searchbox').fill('');
  await addressHas(page, { q: null });
  await page.getByRole('button', { name: 'Close Hall 1' }).click();
  await hides(page.getByRole('link', { name: 'Paint shop' }));

  await act(page, 'Hall 1', 'Delete');
  await page.getByRole('button', { name: 'Delete Hall 1' }).click();
  await reads(page.getByRole('alert'), /^Places or devices stand in it. Move them first.$/);
  await isAccessible(page);
  await takePictures(page, 'place-delete-refused');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Open Hall 1' }).click();
  for (const name of ['Paint shop', 'Hall 1']) {
    await act(page, name, 'Delete');
    await page.getByRole('button', { name: `Delete ${name}` }).click();
    await hides(page.getByRole('dialog'));
    await hides(page.getByRole('link', { name }));
  }
  await page.reload();
  await reads(tree(page), /^Harbour\s+Site$/);
});

test('a place in which a device stands is not deleted; its devices are one click away', async () => {
  const { page, allow } = await journey.visit('/fleet/places');
  allow(refused(409));
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name' }).fill('Cold store');
  await save(page);
  await page.getByRole('link', { name: 'Cold store' }).click();
  await page.getByRole('button', { name: 'Add a device' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Device id').fill('freezer-1');
  assert.equal(
    await dialog.getByLabel('Place', { exact: true }).inputValue(),
    'Cold store',
    'it stands where one looks',
  );
  await dialog.getByRole('button', { name: 'Add and show its token' }).click();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await reads(page.getByRole('list', { name: 'Fleet' }), /freezer-1/);

  await page.getByRole('link', { name: 'Places' }).click();
  await act(page, 'Cold store', 'Delete');
  await page.getByRole('button', { name: 'Delete Cold store' }).click();
  await shows(page.getByText('Places or devices stand in it. Move them first.'));
});

test('a change that somebody else made meanwhile is not overwritten unseen', async () => {
  const { page, allow } = await journey.visit('/fleet/places');
  allow(refused(412));
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name' }).fill('North gate');
  await save(page);
  await act(page, 'North gate', 'Rename or move');
  const places = await journey.api.get<{ items: { id: string; name: string; version: number }[] }>('/places');
  const gate = places.body.items.find((place) => place.name === 'North gate');
  assert.ok(gate);
  await journey.api.patch(`/places/${gate.id}`, { name: 'Gate 1' }, { version: gate.version });
  await page.getByRole('textbox', { name: 'Name' }).fill('Gate 2');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await shows(page.getByText('Somebody else changed it meanwhile. Load it again, then repeat your change.'));
  await page.getByRole('button', { name: 'Cancel' }).click();
  await shows(page.getByRole('link', { name: 'Gate 1' }));
});
