import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corePlaceKinds, isOfType, mayStandIn, type PlaceKind } from '@muster/contract/solution';
import { demoPlaces } from './commands/demo-places.ts';
import { solutions } from './solutions.ts';

const kinds: PlaceKind[] = [...corePlaceKinds, ...solutions.flatMap(({ placeKinds }) => placeKinds)];
const byId = new Map(kinds.map((kind) => [kind.id, kind]));

test('every kind of place has one name, a title in both languages, and rules that can be kept', () => {
  assert.equal(byId.size, kinds.length, 'no two solutions bring the same kind');
  let rules = 0;
  for (const { id, title, standsIn, devices = [] } of kinds) {
    assert.match(id, /^[a-z][a-z-]{0,63}$/);
    assert.ok(title.en && title.pl, id);
    for (const parent of standsIn ?? []) assert.ok(parent === null || byId.has(parent), `${id} stands in ${parent}`);
    assert.ok(reachesTop(id, new Set()), `${id} can stand somewhere below the top`);
    for (const { title: noun, type, role, most = Infinity, least = 0, roles } of devices) {
      assert.ok(noun.en && noun.pl, id);
      assert.ok(least <= most, id);
      const [solution] = type.split('.');
      assert.ok(type === 'generic' || solutions.some((known) => known.id === solution), `${id} names ${type}`);
      if (role !== undefined)
        assert.ok(
          devices.every((other) => other.type !== type || !other.roles || other.roles.includes(role)),
          `${id}: the role ${role} may be held`,
        );
      assert.ok(roles === undefined || roles.length > 0, id);
      rules++;
    }
  }
  assert.deepEqual([kinds.length >= 15, rules >= 6], [true, true], `${kinds.length} kinds, ${rules} rules`);
});

const reachesTop = (id: string, seen: Set<string>): boolean => {
  const { standsIn } = byId.get(id) ?? {};
  if (standsIn === undefined || standsIn.includes(null)) return true;
  seen.add(id);
  return standsIn.some((parent) => parent !== null && !seen.has(parent) && reachesTop(parent, seen));
};

test('a station holds three imagers, one of them the manager, whatever their type is called', () => {
  const station = byId.get('station');
  const [all, manager, worker] = station?.devices ?? [];
  assert.deepEqual([all?.most, manager?.most, manager?.least, worker?.most], [3, 1, 1, 2]);
  assert.equal(isOfType(all?.type ?? '', 'screening.imager-360'), true);
  assert.equal(isOfType(all?.type ?? '', 'hospitality.tablet'), false);
  assert.equal(isOfType('screening.*', 'screeningx.imager'), false);
});

test('the places of the demo keep to the rules', () => {
  for (const { slug, kind, parent, devices } of demoPlaces) {
    const parentKind = parent === undefined ? null : demoPlaces.find((place) => place.slug === parent)?.kind;
    assert.ok(parentKind !== undefined && mayStandIn(byId.get(kind), parentKind), slug);
    for (const { type, role, most = Infinity } of byId.get(kind)?.devices ?? [])
      assert.ok(role !== undefined || devices.filter((device) => isOfType(type, device.type)).length <= most, slug);
  }
});
