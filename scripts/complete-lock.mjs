// Run after `npm install`: adds to package-lock.json the platform packages which the registry in use did not hold.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findGaps } from './lib/lock-gaps.mjs';

const path = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const gaps = findGaps(lock.packages);
const all = Object.entries({ ...lock.packages, ...gaps });
lock.packages = Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${Object.keys(gaps).length} platform packages added to package-lock.json\n`);
