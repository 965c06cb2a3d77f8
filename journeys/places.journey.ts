import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { refused } from './support/watch.ts';

const journey = useJourney();

const tree = (page: Page) => page.getByRole('main').getByRole('list', { name: 'Places' });
const row = (page: Page, name: string) =>
  tree(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name, exact: true }) });
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

  await act(page, 'Hall 2', 'Edit');
  await page.getByRole('textbox', { name: 'Name' }).fill('Paint shop');
  await save(page);
  await act(page, 'Paint shop', 'Move to…');
  await choose(page, 'Into', 'Harbour / Hall 1');
  await shows(page.getByText('1 place moves, 0 devices.'));
  await isAccessible(page);
  await takePictures(page, 'place-move');
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
  await hides(page.getByRole('dialog'));
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
  await reads(tree(page), /^Harbour\s+Site\s+Empty$/);
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
  await act(page, 'North gate', 'Edit');
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

test('only kinds that may stand there are offered, and what is missing is said until it is there', async () => {
  const { page } = await journey.visit('/fleet/places');
  const { body: airport } = await journey.api.post<{ id: string }>('/places', {
    name: 'Airport',
    kind: 'site',
    timezone: 'Europe/Warsaw',
    labels: ['air side'],
  });
  await page.reload();
  await act(page, 'Airport', 'Add a place inside');
  await page.getByRole('textbox', { name: 'Name' }).fill('Station 1');
  await page.getByRole('combobox', { name: 'Kind' }).click();
  await shows(page.getByRole('option', { name: 'Checkpoint' }));
  await hides(page.getByRole('option', { name: 'Floor' }));
  await page.getByRole('option', { name: 'Screening station' }).click();
  await shows(page.getByText('From above: air side'));
  await isAccessible(page);
  await takePictures(page, 'place-form-inside');
  await save(page);
  await reads(row(page, 'Station 1'), /Managers: 0 of 1\s+Screening station\s+Incomplete/);
  await reads(row(page, 'Airport'), /1 place below is incomplete\s+Site\s+Incomplete/);

  await act(page, 'Airport', 'Add a place inside');
  await page.getByRole('textbox', { name: 'Name' }).fill('Office');
  await choose(page, 'Kind', 'Room');
  await page.getByRole('textbox', { name: 'Devices meant to be there' }).fill('2');
  await page.getByRole('textbox', { name: 'Labels' }).fill('quiet; warm');
  await save(page);
  await reads(row(page, 'Office'), /Devices: 0 of 2\s+Room\s+Incomplete/);
  const places = await journey.api.get<{ items: { id: string; name: string; labels: string[] }[] }>('/places');
  const office = places.body.items.find(({ name }) => name === 'Office');
  assert.deepEqual(office?.labels, ['quiet', 'warm']);
  const [first] = [
    await journey.makeDevice({ deviceId: 'printer', name: 'Printer', placeId: office?.id ?? '' }),
    await journey.makeDevice({ deviceId: 'lamp', name: 'Lamp', placeId: airport.id }),
  ];
  const device = await journey.connect(first);
  await page.reload();
  await reads(row(page, 'Office'), /Devices: 1 of 2\s+Room\s+Incomplete\s+1 device/);
  await device.drop();
  await reads(row(page, 'Office'), /Room\s+Down\s+1 of 1 silent or in error/);
  await reads(row(page, 'Airport'), /Site\s+Degraded\s+1 of 2 silent or in error/);
  await isAccessible(page);
  await takePictures(page, 'places-health');
});

test('a place is dragged into another one, which asks first; where it may not stand it can not be dropped', async () => {
  const { page } = await journey.visit('/fleet/places');
  for (const [name, kind] of [
    ['Dock', 'site'],
    ['Quay', 'site'],
    ['Grand hotel', 'hotel'],
  ])
    await journey.api.post('/places', { name, kind });
  await page.reload();
  await row(page, 'Quay').dragTo(row(page, 'Dock'));
  await shows(page.getByRole('dialog').getByRole('heading', { name: 'Move Quay' }));
  assert.equal(await page.getByRole('combobox', { name: 'Into' }).inputValue(), 'Dock');
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
  await hides(page.getByRole('dialog'));
  await page.getByRole('searchbox').fill('quay');
  await reads(tree(page), /^Quay\s+Dock/);
  await page.getByRole('searchbox').fill('');
  await shows(row(page, 'Grand hotel'));
  await row(page, 'Dock').dragTo(row(page, 'Grand hotel'));
  await shows(page.getByRole('dialog'));
  await page.keyboard.press('Escape');
  await hides(page.getByRole('dialog'));
  await row(page, 'Grand hotel').dragTo(row(page, 'Quay'));
  await shows(page.getByRole('dialog'));
  await page.keyboard.press('Escape');
});

test('places are taken in from a file, after a look at what it would do, and taken along as one', async () => {
  const { page, allow } = await journey.visit('/fleet/places');
  allow(refused(422));
  const importFile = async (text: string) => {
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'places.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  };
  await page.getByRole('button', { name: 'Import, export' }).click();
  await page.getByRole('menuitem', { name: 'Import places' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByRole('heading', { name: 'Import places' }));
  await isAccessible(page);
  await takePictures(page, 'import');
  await importFile(
    'path,name,kind\nplant,Plant,site\nplant/line,Line,planet\nplant/gate,Gate,guest-room\n,Nothing,site\n',
  );
  await shows(dialog.getByText('3 problems. Nothing can be imported until they are solved.'));
  await reads(dialog.getByRole('region', { name: 'Problems' }), /3\s+kind\s+There is no such kind of place/);
  await isAccessible(page);
  await takePictures(page, 'import-problems');
  assert.ok(await dialog.getByRole('button', { name: 'Import', exact: true }).isDisabled());
  await importFile('path;name;kind\nplant;Plant;site\nplant/line;Line;hall\n');
  await shows(dialog.getByText('The file is right. This would be done:'));
  await reads(dialog.getByRole('region', { name: 'Changes' }), /Plant is created[\s\S]*Line is created/);
  await takePictures(page, 'import-ready');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await shows(dialog.getByText('Done.'));
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await shows(row(page, 'Line'));
  await page.getByRole('button', { name: 'Import, export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export places as CSV' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^places .*\.csv$/);
  const { text } = await journey.api.get('/places/export');
  assert.match(text, /plant\/line,Line,hall/);
});
