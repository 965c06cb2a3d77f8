import { Strict } from '@muster/contract/schema';
import { defineDeviceType, defineSolution } from '@muster/contract/solution';

/** Three numbers with ranges, once a second: nothing else is taken. */
const bench = defineDeviceType({
  id: 'workshop.bench',
  title: { en: 'Bench', pl: 'Stanowisko' },
  metrics: {
    p1: { title: { en: 'P1' }, kind: 'number', unit: 'bar', range: [0, 10], limits: { low: 2, high: 8 } },
    p2: { title: { en: 'P2' }, kind: 'number', unit: 'bar', range: [0, 5] },
    p3: { title: { en: 'P3' }, kind: 'number', unit: 'mbar' },
  },
  intervalMs: 1000,
  events: {},
  commands: {
    'set-pressure': {
      type: 'object',
      title: 'Set the pressure',
      properties: { bar: { type: 'number', minimum: 0, maximum: 10 }, ramp: { type: 'boolean', default: false } },
      required: ['bar'],
      additionalProperties: false,
    },
    vent: Strict({}, { title: 'Vent', timeoutMs: 1000 }),
    calibrate: Strict({}, { title: 'Calibrate', permission: 'workshop:calibrate', approval: true }),
  },
  configuration: Strict({}),
});

/** Numbers, a boolean and a text. */
const panel = defineDeviceType({
  id: 'workshop.panel',
  title: { en: 'Panel', pl: 'Panel' },
  metrics: {
    battery: { title: { en: 'Battery' }, kind: 'number', unit: '%', range: [0, 100] },
    charging: { title: { en: 'Charging' }, kind: 'boolean' },
    mode: { title: { en: 'Mode' }, kind: 'string' },
  },
  intervalMs: 30_000,
  events: {},
  commands: {},
  configuration: Strict({}),
});

/** Twelve numbers of which a device sends what it likes. */
const rack = defineDeviceType({
  id: 'workshop.rack',
  title: { en: 'Rack', pl: 'Szafa' },
  metrics: Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`m${index + 1}`, { title: { en: `M${index + 1}` }, kind: 'number' }]),
  ),
  intervalMs: 1000,
  events: {},
  commands: {},
  configuration: Strict({}),
});

/** A solution for tests of the core, which knows none. */
export const workshop = defineSolution({
  id: 'workshop',
  title: { en: 'Workshop', pl: 'Warsztat' },
  deviceTypes: [bench, panel, rack],
  permissions: { 'workshop:calibrate': { title: { en: 'Calibrate benches' }, of: 'place' } },
  placeKinds: [{ id: 'bench-place', title: { en: 'Bench place', pl: 'Miejsce' } }],
});
