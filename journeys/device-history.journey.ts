import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import type { MadeDevice } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const MINUTE = 60_000;
const messages: { ts: number; values: { p1: number; p2: number; p3: number } }[] = [];
let start = 0;
let bench: MadeDevice;

const journey = useJourney({
  async prepare({ makeDevice }) {
    bench = await makeDevice({ deviceId: 'bench-5', name: 'Bench 5' });
    start = Date.now() - 30 * MINUTE;
    // half an hour at one message a second, with a hole from the 22nd to the 25th minute
    for (let ts = start; ts < start + 30 * MINUTE; ts += 1000) {
      const minute = (ts - start) / MINUTE;
      if (minute >= 22 && minute < 25) continue;
      messages.push({ ts, values: { p1: 5 + Math.sin(minute), p2: 2.5, p3: minute < 28 ? 500 : 1200 } });
    }
    for (let from = 0; from < messages.length; from += 1000) await bench.send(messages.slice(from, from + 1000));
  },
});

const chart = (page: Page, title: string) => page.getByRole('region', { name: title }).first();
const picture = (of: Locator) => of.getByRole('img');

/** Where the axis of values ends and the time begins, and what is kept free at the right, CSS pixels. */
const [LEFT, RIGHT] = [52, 8];

/** The place of a moment, as a share of the time that a chart shows. */
async function pointAt(of: Locator, share: number): Promise<{ x: number; y: number }> {
  const box = await picture(of).boundingBox();
  assert.ok(box);
  return { x: box.x + LEFT + share * (box.width - LEFT - RIGHT), y: box.y + box.height / 2 };
}

test('a stretch without data is drawn as a gap, told in words, and has no value under the pointer', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  const pressure = chart(page, 'Pressure');
  // the silence since the last message is another one
  await shows(
    page.getByRole('img', { name: /P1: lowest 4\.\d\d bar, .* newest .* bar\. [12] stretch(?:es)? without data/ }),
  );
  const share = (ts: number) => 1 - (Date.now() - ts) / (15 * MINUTE);
  const legend = pressure.getByRole('list');
  const before = await pointAt(pressure, share(start + 21 * MINUTE));
  await page.mouse.move(before.x, before.y);
  await reads(legend, /Pressure P1\s*\d\.\d\d bar\s*Pressure P2\s*2\.50 bar/);
  const inside = await pointAt(pressure, share(start + 23.5 * MINUTE));
  await page.mouse.move(inside.x, inside.y);
  await reads(legend, /Pressure P1\s*–\s*Pressure P2\s*–/);
  await isAccessible(page);
  await takePictures(page, 'device-gap');
});

test('what is out of its range is kept as bad and named so under the pointer', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  const p3 = page.getByRole('region').filter({ has: page.getByRole('heading', { name: 'Pressure P3 mbar' }) });
  await shows(picture(p3));
  await picture(p3).scrollIntoViewIfNeeded();
  const { x, y } = await pointAt(p3, 1 - (Date.now() - (start + 29 * MINUTE)) / (15 * MINUTE));
  await page.mouse.move(x, y);
  await reads(p3.getByRole('list'), /1,?200\.0 mbar bad/);
});

test('dragging over a chart zooms all of them, the address keeps it, and Back returns', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  const pressure = chart(page, 'Pressure');
  await shows(page.getByRole('img', { name: /Pressure P1: lowest/ }));
  const [from, to] = [await pointAt(pressure, 0.2), await pointAt(pressure, 0.4)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await addressHas(page, { from: /^\d{4}-/, to: /^\d{4}-/ });
  const { searchParams } = new URL(page.url());
  const span = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
  assert.ok(Math.abs(span - 3 * MINUTE) < 20_000, `a fifth of 15 minutes, not ${span} ms`);
  const fixed = page.getByRole('group', { name: 'Shown range' });
  await shows(fixed);
  await takePictures(page, 'device-zoomed');
  await page.reload();
  await shows(fixed);
  await addressHas(page, { from: searchParams.get('from'), to: searchParams.get('to') });

  await fixed.getByRole('button', { name: 'Zoom out' }).click();
  await addressHas(page, { from: /^(?!null)/ });
  await page.goBack();
  await addressHas(page, { from: searchParams.get('from') });
  await fixed.getByRole('button', { name: 'Back to live' }).click();
  await addressHas(page, { from: null, to: null });
  await page.goBack();
  await shows(fixed);
});

test('ranges from a minute to a year are chosen by pointer or by key and stay in the address', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  const ranges = page.getByRole('group', { name: 'Time range' });
  await ranges.getByRole('button', { name: '1 h', exact: true }).click();
  await addressHas(page, { range: '1h' });
  await shows(page.getByRole('img', { name: /Pressure P1: lowest 4\.00 bar, highest 6\.00 bar/ }));
  await page.getByRole('heading', { name: 'Bench 5' }).click();
  await page.keyboard.press('7');
  await addressHas(page, { range: '1y' });
  await shows(page.getByRole('img', { name: /Pressure P1: lowest/ }));
  await page.keyboard.press('[');
  await addressHas(page, { range: '30d' });
  await page.reload();
  await shows(ranges.getByRole('button', { name: '30 d', pressed: true }));
  await page.keyboard.press('2');
  await addressHas(page, { range: null });
});

test('a line is switched off and on, and a link shows a colleague the same', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  await page.getByRole('button', { name: 'Pressure P2' }).last().click();
  await addressHas(page, { hidden: 'p2' });
  await page.getByRole('button', { name: 'Fit values' }).click();
  await addressHas(page, { fit: 'true' });
  const { page: theirs } = await journey.visit(page.url());
  await shows(theirs.getByRole('button', { name: 'Pressure P2', pressed: false }).last());
  await shows(theirs.getByRole('button', { name: 'Fit values', pressed: true }));
});

test('an export holds exactly the rows of the range that is shown', async () => {
  const from = new Date(start + 20 * MINUTE).toISOString();
  const to = new Date(start + 26 * MINUTE).toISOString();
  const { page } = await journey.visit(`/devices/bench-5?from=${from}&to=${to}`);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await shows(dialog.getByText('Times on the clock of Europe/Warsaw.'));
  await isAccessible(page);
  await takePictures(page, 'device-export');
  await dialog.getByRole('checkbox', { name: 'Pressure P2' }).uncheck();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^bench-5 .*Z to .*Z\.csv$/);
  const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  assert.match(head ?? '', /^ts,receivedAt,boot,seq,p1,p3,quality$/);
  // the form counts in seconds
  const second = (ts: number) => Math.floor(ts / 1000) * 1000;
  const [first, end] = [second(start + 20 * MINUTE), second(start + 26 * MINUTE)];
  const wanted = messages.filter(({ ts }) => ts >= first && ts < end);
  assert.equal(rows.length, wanted.length);
  for (const [index, { ts, values }] of wanted.entries()) {
    const [at, , , , p1, p3] = rows[index]?.split(',') ?? [];
    assert.deepEqual([at, Number(p1), Number(p3)], [new Date(ts).toISOString(), values.p1, values.p3]);
  }
  await reads(page.getByRole('region', { name: 'Export values' }), new RegExp(`Done: .*, ${wanted.length} rows`));
  await takePictures(page, 'device-exported');
  await page.getByRole('region', { name: 'Export values' }).getByRole('button', { name: 'Close' }).click();
});
