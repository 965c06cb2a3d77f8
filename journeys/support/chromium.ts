import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

/** Starts the browser that `MUSTER_CHROMIUM` names, else the first Chromium of the path, with a new profile. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.MUSTER_CHROMIUM || find(), args });
}

function find(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const path = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (path === undefined) {
    throw new Error('There is no Chromium: `npm test` installs one, or set MUSTER_CHROMIUM to a browser.');
  }
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
