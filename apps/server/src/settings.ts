import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '@muster/core';
import { findRunning } from '@muster/core/platform/running';

/** The folder that holds this program. */
const checkout = join(import.meta.dirname, '../../..');

export const webRoot = join(checkout, 'apps/web/dist');

export const version: string = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version;

/** @throws MusterError `invalid` that names every wrong variable */
export const settings = (): Config => readConfig(process.env, checkout);

/** The demo keeps its data beside the installation's own, so that `muster start` begins without it. */
export function demoSettings(): Config {
  const own = settings();
  if (process.env.MUSTER_DATA_DIR) return own;
  return readConfig({ ...process.env, MUSTER_DATA_DIR: `${own.dataDir}-demo` }, checkout);
}

/** The settings of the server that runs here: the installation's, or else the demo's. */
export async function runningSettings(): Promise<Config> {
  const own = settings();
  const demo = demoSettings();
  const runs = ({ dataDir }: Config) => findRunning(dataDir).then(Boolean, () => false);
  return !(await runs(own)) && (await runs(demo)) ? demo : own;
}

/** The data directory of the server that runs here. */
export const runningDataDir = async (): Promise<string> => (await runningSettings()).dataDir;
