import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '@muster/core';

/** The folder that holds this program. */
const checkout = join(import.meta.dirname, '../../..');

export const webRoot = join(checkout, 'apps/web/dist');

export const version: string = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version;

/** @throws MusterError `invalid` that names every wrong variable */
export const settings = (): Config => readConfig(process.env, checkout);
