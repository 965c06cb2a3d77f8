import { Strict } from '@muster/contract/schema';
import { defineDeviceType } from '@muster/contract/solution';

/**
 * A bench that measures three pressures once a second. Ranges and limits are ISA-18.2 bands (LL/L/H/HH) that leave no
 * gap and no overlap; real benches differ, so they are a starting point.
 */
export const pressureStation = defineDeviceType({
  id: 'industrial.pressure-station',
  title: { en: 'Pressure station', pl: 'Stanowisko ciśnieniowe' },
  metrics: {
    p1: {
      title: { en: 'Pressure P1', pl: 'Ciśnienie P1' },
      kind: 'number',
      unit: 'bar',
      range: [0, 10],
      limits: { lowLow: 1.5, low: 2, high: 8, highHigh: 9 },
      decimals: 2,
    },
    p2: {
      title: { en: 'Pressure P2', pl: 'Ciśnienie P2' },
      kind: 'number',
      unit: 'bar',
      range: [0, 5],
      limits: { lowLow: 0.5, low: 1, high: 4, highHigh: 4.5 },
      decimals: 2,
    },
    p3: {
      title: { en: 'Pressure P3', pl: 'Ciśnienie P3' },
      kind: 'number',
      unit: 'mbar',
      range: [0, 1000],
      limits: { lowLow: 100, low: 200, high: 800, highHigh: 900 },
      decimals: 1,
    },
  },
  intervalMs: 1000,
  events: {},
  commands: {},
  configuration: Strict({}),
});
