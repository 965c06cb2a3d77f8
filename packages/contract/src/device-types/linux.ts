import Type from 'typebox';
import { Strict } from '../schema.ts';
import { defineDeviceType } from '../solution.ts';

/** A Linux computer that runs the agent. */
export const linuxDeviceType = defineDeviceType({
  id: 'linux',
  title: { en: 'Linux computer', pl: 'Komputer z Linuksem' },
  metrics: {
    cpu: {
      title: { en: 'Processor load', pl: 'Obciążenie procesora' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      limits: { high: 90 },
      decimals: 1,
    },
    memory: {
      title: { en: 'Memory in use', pl: 'Zajęta pamięć' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      limits: { high: 90, highHigh: 97 },
      decimals: 1,
    },
    disk: {
      title: { en: 'Disk in use', pl: 'Zajęty dysk' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      limits: { high: 85, highHigh: 95 },
      decimals: 1,
    },
    temperature: {
      title: { en: 'Temperature', pl: 'Temperatura' },
      kind: 'number',
      unit: '°C',
      range: [-40, 125],
      limits: { high: 75, highHigh: 85 },
      decimals: 1,
    },
    uptime: {
      title: { en: 'Time since start', pl: 'Czas od uruchomienia' },
      kind: 'number',
      unit: 's',
      decimals: 0,
    },
  },
  intervalMs: 10_000,
  events: {
    queue_gap: { title: { en: 'Messages were lost', pl: 'Utracono komunikaty' } },
    state_lost: { title: { en: 'Damaged state was put aside', pl: 'Odłożono uszkodzony stan' } },
  },
  commands: {
    ping: Strict({}),
    'collect-log': Strict({ lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) }),
  },
  configuration: Strict({
    /** Time between two messages. */
    intervalMs: Type.Optional(
      Type.Integer({ minimum: 1000, maximum: 600_000, default: 10_000, unit: 'ms', requiresRestart: false }),
    ),
  }),
});
