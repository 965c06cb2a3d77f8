import { between, exponential, gaussian, type Random } from '@muster/edge/random';
import { rounded, type SignalSource, turn } from '@muster/edge/simulate/signal';

const HOUR_MS = 3_600_000;
const SSID = 'hotel-tablets';
/** Rooms that share an access point. */
const ROOMS_PER_ACCESS_POINT = 4;

/**
 * A tablet in a guest room: it discharges for hours and is docked again, hears its own access point most of the time
 * and a neighbouring one now and then, and its signal shakes as signals do.
 */
export const tablet: SignalSource = (random, deviceIndex) => {
  const battery = powerCycle(random);
  const radio = roaming(random, Math.floor(deviceIndex / ROOMS_PER_ACCESS_POINT));
  const upBefore = between(random, 0, 30 * 24 * 3600);
  let first: number | undefined;
  return (ts) => {
    first ??= ts;
    const { percent, charging } = battery(ts);
    const { bssid, rssi } = radio(ts);
    const uptime = rounded(upBefore + (ts - first) / 1000, 0);
    return { battery: percent, charging, rssi, bssid, ssid: SSID, uptime };
  };
};

/** Down by 6 to 11 % an hour to somewhere between 8 and 45 %, and up by 30 to 50 % an hour to full. */
function powerCycle(random: Random) {
  const lowest = between(random, 8, 45);
  const downMs = ((100 - lowest) / between(random, 6, 11)) * HOUR_MS;
  const upMs = ((100 - lowest) / between(random, 30, 50)) * HOUR_MS;
  const phase = random();
  return (ts: number) => {
    const at = turn(ts, downMs + upMs, phase) * (downMs + upMs);
    const charging = at >= downMs;
    const percent = charging ? lowest + ((100 - lowest) * (at - downMs)) / upMs : 100 - ((100 - lowest) * at) / downMs;
    return { percent: Math.round(percent), charging };
  };
}

/** Twenty minutes on one access point on average; four times out of five the next one is the room's own. */
function roaming(random: Random, home: number) {
  const atHome = between(random, -66, -50);
  let until = Number.NEGATIVE_INFINITY;
  let at = home;
  let level = atHome;
  return (ts: number) => {
    if (ts >= until) {
      until = ts + exponential(random, HOUR_MS / 3);
      at = random() < 0.8 ? home : home + (random() < 0.5 ? 1 : -1);
      level = at === home ? atHome : atHome - between(random, 8, 16);
    }
    const rssi = Math.min(-30, Math.max(-95, level + 2.5 * gaussian(random)));
    return { bssid: bssidOf(at), rssi: Math.round(rssi) };
  };
}

/** A locally administered address, so that it is no manufacturer's. The access points of a hotel count upwards. */
function bssidOf(accessPoint: number): string {
  const hex = (accessPoint & 0xffffff).toString(16).padStart(6, '0');
  return `a6:4d:75:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
}
