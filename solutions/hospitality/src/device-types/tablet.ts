import { Strict } from '@muster/contract/schema';
import { defineDeviceType } from '@muster/contract/solution';

/** A tablet in a guest room: how much power it has, and which access point it hears how well. */
export const tablet = defineDeviceType({
  id: 'hospitality.tablet',
  title: { en: 'Room tablet', pl: 'Tablet pokojowy' },
  metrics: {
    battery: {
      title: { en: 'Battery', pl: 'Bateria' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      limits: { lowLow: 10, low: 20 },
      decimals: 0,
    },
    charging: { title: { en: 'Charging', pl: 'Ładowanie' }, kind: 'boolean' },
    // Android reports -127 for "no reading": outside of the range, so it is kept with quality `bad`.
    rssi: {
      title: { en: 'Wi-Fi signal', pl: 'Sygnał Wi-Fi' },
      kind: 'number',
      unit: 'dBm',
      range: [-120, 0],
      decimals: 0,
    },
    bssid: { title: { en: 'Access point (BSSID)', pl: 'Punkt dostępowy (BSSID)' }, kind: 'string' },
    ssid: { title: { en: 'Wi-Fi network (SSID)', pl: 'Sieć Wi-Fi (SSID)' }, kind: 'string' },
    // 32-bit seconds: no device runs for 136 years.
    uptime: {
      title: { en: 'Uptime', pl: 'Czas pracy' },
      kind: 'number',
      unit: 's',
      range: [0, 4_294_967_295],
      decimals: 0,
    },
  },
  intervalMs: 30_000,
  events: {},
  commands: {},
  configuration: Strict({}),
});
