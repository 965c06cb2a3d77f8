import { mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of a run go: looked at after it, written over by the next. */
const folder = join(tmpdir(), `muster-screenshots-${userInfo().username}`);
const shown = join(import.meta.dirname, '../../docs/screenshots');

/** What the pages are made for (a desk, a phone in a corridor). */
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const looks = [
  ['desk', 'light'],
  ['desk', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
] as const;

let failures = 0;

type Size = keyof typeof sizes;
type Scheme = 'light' | 'dark';

/** Takes the page at both sizes, in light and in dark, and leaves it as it was: at the desk, in light. */
export async function takePictures(page: Page, name: string): Promise<void> {
  for (const [size, scheme] of looks) await takeTo(folder, page, `${name}-${size}-${scheme}`, size, scheme);
  await show(page, 'desk', 'light');
}

/** Takes one of the pictures that the README shows; into the project only with `MUSTER_SCREENSHOTS=update`. */
export function takeForReadme(page: Page, name: string, size: Size, scheme: Scheme): Promise<void> {
  return takeTo(process.env.MUSTER_SCREENSHOTS === 'update' ? shown : folder, page, name, size, scheme);
}

/** Takes what a page shows at the end of a test that failed. @returns where the picture and the page are */
export async function saveFailure(page: Page): Promise<string> {
  const name = `failure-${process.pid}-${++failures}`;
  try {
    await take(folder, page, name);
    return `${page.url()} looked like ${join(folder, name)}.png`;
  } catch (error) {
    return `${page.url()} could not be photographed: ${error}`;
  }
}

async function takeTo(where: string, page: Page, name: string, size: Size, scheme: Scheme): Promise<void> {
  await show(page, size, scheme);
  await take(where, page, name);
}

async function show(page: Page, size: Size, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize(sizes[size]);
}

async function take(where: string, page: Page, name: string): Promise<void> {
  mkdirSync(where, { recursive: true });
  // charts follow the size and the colours one frame later
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await page.screenshot({ path: join(where, `${name}.png`), animations: 'disabled', caret: 'hide', timeout: 15_000 });
}
