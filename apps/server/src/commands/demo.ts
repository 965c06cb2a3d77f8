import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlace, createPlaceKinds, listPlaces, type Muster, operatorContext, provisionMany } from '@muster/core';
import { demoSettings } from '../settings.ts';
import { solutions } from '../solutions.ts';
import { wishToStop } from '../wish-to-stop.ts';
import type { FleetPlan } from './demo-fleet.ts';
import { demoPlaces } from './demo-places.ts';
import { say, startServer } from './start.ts';

const ORGANIZATION = { name: 'Nordhaven', slug: 'nordhaven' };
const USERNAME = 'demo';

/** `muster demo`: the server with an organization, a place tree and a simulated fleet. */
export async function demo(): Promise<number> {
  const stop = wishToStop();
  const config = demoSettings();
  const muster = await startServer(config);
  let fleet: ChildProcess | undefined;
  try {
    const first = await muster.setup.required();
    const signIn = await prepareSignIn(muster, config.dataDir, first);
    fleet = await startFleet(muster, config.dataDir, first);
    say(
      `\nMuster runs at ${muster.http}\n\n  ${signIn}\n\nDevices connect to ${muster.mqtt}. A simulated fleet is talking. Ctrl-C ends it.\n`,
    );
    await stop;
    say('\nStopping: what is in flight is stored and acknowledged first.');
  } finally {
    if (fleet?.connected) {
      const gone = once(fleet, 'exit');
      fleet.disconnect();
      await gone;
    }
    await muster.stop();
  }
  return 0;
}

/** The owner of the demo, made once with a random password that is kept beside the data. */
async function prepareSignIn(muster: Muster, dataDir: string, first: boolean): Promise<string> {
  const file = join(dataDir, 'demo-sign-in');
  if (first) {
    const password = randomBytes(12).toString('base64url');
    const owner = { username: USERNAME, email: 'demo@nordhaven.example', password };
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
    await muster.setup.create({ organization: ORGANIZATION, owner }, 'demo');
  }
  const password = await readFile(file, 'utf8').catch(() => undefined);
  return password
    ? `sign in as   ${USERNAME}\n  password     ${password.trim()}`
    : 'sign in with the account that you made for this data directory';
}

async function startFleet(muster: Muster, dataDir: string, first: boolean): Promise<ChildProcess> {
  const ctx = await operatorContext(muster.db);
  const ids = new Map<string, string>();
  const kinds = createPlaceKinds(solutions);
  for (let cursor: string | undefined; ; ) {
    const page = await listPlaces(
      muster.db,
      ctx,
      { limit: 500, ...(cursor ? { cursor } : {}) },
      kinds,
      () => undefined,
    );
    for (const place of page.items) ids.set(place.slug, place.id);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  for (const { parent, devices: _, ...place } of demoPlaces) {
    if (ids.has(place.slug)) continue;
    const made = await createPlace(
      muster.db,
      ctx,
      { ...place, parentId: parent ? (ids.get(parent) ?? null) : null },
      kinds,
    );
    ids.set(place.slug, made.id);
  }
  const devices = demoPlaces.flatMap(({ slug, devices }) =>
    devices.map((device) => ({ ...device, placeId: ids.get(slug) ?? null })),
  );
  const tokens = await provisionMany(muster.db, ctx, devices);
  const plan: FleetPlan = { url: muster.mqttHere, http: muster.http, backlog: first, fleets: [] };
  for (const type of new Set(devices.map((device) => device.type))) {
    const members = devices.filter((device) => device.type === type && !device.silent);
    plan.fleets.push({
      type,
      devices: members.map(({ deviceId }) => ({
        organization: ctx.organizationSlug,
        deviceId,
        token: tokens.get(deviceId) as string,
      })),
    });
  }
  const child = fork(join(import.meta.dirname, '../main.ts'), ['demo-fleet'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
    env: {
      ...process.env,
      ...(muster.certificate?.authority && { NODE_EXTRA_CA_CERTS: join(dataDir, 'tls', 'ca.pem') }),
    },
  });
  child.send(plan);
  return child;
}
