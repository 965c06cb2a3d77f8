import { corePlaceKinds, type PlaceKind, type Solution } from '@muster/contract/solution';
import { invalid } from '../platform/errors.ts';

/** Every kind of place of this installation, by id: the core's and the solutions'. */
export type PlaceKinds = ReadonlyMap<string, PlaceKind>;

export const createPlaceKinds = (solutions: readonly Solution[]): PlaceKinds =>
  new Map([...corePlaceKinds, ...solutions.flatMap(({ placeKinds }) => placeKinds)].map((kind) => [kind.id, kind]));

/** @throws MusterError `invalid` unless a solution or the core brings this kind of place */
export function checkKind(kind: string, kinds: PlaceKinds): void {
  if (kinds.has(kind)) return;
  throw invalid('There is no such kind of place.', [
    { path: '/kind', code: 'kind-unknown', message: `must be one of ${[...kinds.keys()].join(', ')}` },
  ]);
}

/** As `GET /place-kinds` answers them. */
export const viewKinds = (kinds: PlaceKinds) =>
  [...kinds.values()].map(({ id, title, standsIn, devices = [] }) => ({
    id,
    title: title.en,
    titles: { ...title },
    standsIn: standsIn ? [...standsIn] : null,
    devices: devices.map((rule) => ({
      title: rule.title.en,
      titles: { ...rule.title },
      type: rule.type,
      role: rule.role ?? null,
      most: rule.most ?? null,
      least: rule.least ?? null,
      roles: rule.roles ? [...rule.roles] : null,
    })),
  }));
