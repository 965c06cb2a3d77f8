import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@muster/testkit/until';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const journey = useJourney({
  async prepare({ api, makeDevice }) {
    const hall = await makePlace(api, 'Hala 2');
    const bench = await makeDevice({ deviceId: 'bench-5', name: 'Stanowisko 5', placeId: hall });
    await bench.send({ values: { p1: 5, p2: 0.94, p3: 1200 } });
  },
});

const menu = (page: Page) => page.getByRole('banner').getByRole('button', { name: /owner$/ });
const choose = async (page: Page, item: string) => {
  await menu(page).click();
  await page.getByRole('menuitemradio', { name: item }).click();
};

/** Words that stand in English texts only, on whatever page. */
const english =
  /\b(?:the|and|with|what|when|this|your|device|devices|place|places|add|search|last|seen|ago|offline|never|since|data|token|settings|name|save|cancel|message|messages|received|stored|limits|export|table|events|access|days|health|high|low)\b/gi;
/** Polish texts that hold one of them, and what stays as it is in every language. */
const alike = /\btoken\b/gi;

test('in Polish no English is left, on any page', async () => {
  const { page } = await journey.visit('/');
  await choose(page, 'Polski');
  await reads(page.getByRole('navigation').first(), /Przegląd/);
  assert.equal(await page.evaluate('document.documentElement.lang'), 'pl');
  const pictured: Record<string, string> = { '/': 'polish-overview', '/devices/bench-5': 'polish-device' };
  const left: Record<string, string[]> = {};
  const paths = ['/', '/fleet', '/fleet/places', '/fleet?add=true', '/devices/bench-5', '/devices/bench-5?tab=events'];
  for (const path of [
    ...paths,
    '/devices/bench-5?tab=access',
    '/administration',
    '/administration/audit',
    '/nowhere',
  ]) {
    await page.goto(path);
    await shows(page.getByRole('heading', { level: 1 }));
    await page.waitForLoadState('networkidle');
    if (pictured[path]) await takePictures(page, pictured[path]);
    const texts = await page.evaluate<string>(readTexts);
    const words = texts.replace(alike, '').match(english) ?? [];
    if (words.length > 0) left[path] = [...new Set(words)];
  }
  assert.deepEqual(left, {});
  await page.keyboard.press('Control+k');
  await shows(page.getByRole('dialog'));
  await page.keyboard.type('język');
  await reads(page.getByRole('option').first(), /English/);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('navigation').first().getByText('Overview'));
});

/** What people read or hear of a page, but for code and what devices sent. */
const readTexts = `{
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest('code, pre, script, style, [lang]:not(html), [data-from-server]')) texts.push(node.data);
    } else for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(node.getAttribute(name) ?? '');
  }
  [document.title, ...texts].join('\\n')
}`;

test('a browser that speaks Polish gets Polish from the first page on', async () => {
  const { page } = await journey.visitAsStranger('/', { locale: 'pl-PL' });
  await shows(page.getByRole('button', { name: 'Zaloguj się' }));
  await isAccessible(page);
  await takePictures(page, 'polish-sign-in');
});

test('the look follows the system until somebody chooses, and the choice survives a reload', async () => {
  const { page } = await journey.visit('/', { colorScheme: 'dark' });
  const canvas = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const dark = await canvas();
  await page.emulateMedia({ colorScheme: 'light' });
  await until(async () => (await canvas()) !== dark, 'the page follows the system into the light');
  const light = await canvas();
  await choose(page, 'Dark');
  await until(async () => (await canvas()) === dark, 'the page is dark by choice');
  await page.reload({ waitUntil: 'domcontentloaded' });
  assert.equal(await canvas(), dark, 'from the first moment on');
  await choose(page, 'Like the system');
  await until(async () => (await canvas()) === light, 'the page follows the system again');
});

test('one switch shows every time in UTC and back', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  const last = page
    .getByRole('list', { name: 'Newest values' })
    .getByText(/^last value/)
    .first();
  const local = await reads(last, /\d\d:\d\d:\d\d/);
  await page.getByRole('button', { name: 'Show times in UTC' }).click();
  const utc = await last.innerText();
  const hours = (text: string) => Number(/(\d\d):\d\d:\d\d/.exec(text)?.[1]);
  const warsaw = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Warsaw', timeZoneName: 'shortOffset' });
  const offset = Number(
    warsaw
      .formatToParts()
      .find(({ type }) => type === 'timeZoneName')
      ?.value.replace('GMT', ''),
  );
  assert.equal((hours(local) - hours(utc) + 24) % 24, offset);
  await page.reload();
  await shows(page.getByRole('button', { name: 'Show times in local time' }));
  assert.equal(await last.innerText(), utc);
});
