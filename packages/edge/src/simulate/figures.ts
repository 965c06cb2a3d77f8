import type { ConnectionState } from '../connection.ts';

/** What a simulation has done so far. */
export interface Figures {
  devices: number;
  /** Devices connected now. */
  connected: number;
  /** Devices that the server refuses now. */
  refused: number;
  /** Messages handed to connections; what is sent again is not counted again. */
  sent: number;
  /** Messages acknowledged for the first time. */
  acknowledged: number;
  /** Messages sent once more on purpose. */
  repeated: number;
  /** Commands run. */
  commands: number;
  /** Messages given up because a device's queue was full. */
  dropped: number;
  /** Connections made again after a loss. */
  reconnects: number;
  /** ms that the simulation is behind its plan: above a second, this machine is too slow for it. */
  behindMs: number;
  /** Why a connection was refused or lost, the last time it happened. */
  lastReason: string;
}

export const emptyFigures = (devices: number): Figures => ({
  devices,
  connected: 0,
  refused: 0,
  sent: 0,
  acknowledged: 0,
  repeated: 0,
  commands: 0,
  dropped: 0,
  reconnects: 0,
  behindMs: 0,
  lastReason: '',
});

/** Follows the states of one connection. */
export function countConnections(figures: Figures): (state: ConnectionState, reason: string) => void {
  let was: ConnectionState = 'offline';
  let before = false;
  return (state, reason) => {
    figures.connected += Number(state === 'online') - Number(was === 'online');
    figures.refused += Number(state === 'refused') - Number(was === 'refused');
    if (state === 'online' && before) figures.reconnects++;
    before ||= state === 'online';
    if (reason) figures.lastReason = reason;
    was = state;
  };
}

const whole = new Intl.NumberFormat('en');

/** One line for people, of a run that goes on. @param perSecond messages acknowledged in a second */
export function describe(figures: Figures, perSecond: number): string {
  const { connected, devices, refused, behindMs, lastReason } = figures;
  const parts = [
    `${whole.format(connected)} of ${whole.format(devices)} connected`,
    summarize(figures),
    `${whole.format(Math.round(perSecond))}/s`,
  ];
  if (refused > 0) parts.push(`${whole.format(refused)} refused`);
  if (connected < devices && lastReason) parts.push(lastReason);
  if (behindMs > 1000) parts.push(`${whole.format(Math.round(behindMs / 1000))} s behind`);
  return parts.join(' · ');
}

/** What was done, for people. */
export function summarize({ sent, acknowledged, repeated, commands, reconnects, dropped }: Figures): string {
  const parts = [`${whole.format(sent)} sent`, `${whole.format(acknowledged)} acknowledged`];
  if (repeated > 0) parts.push(`${whole.format(repeated)} repeated`);
  if (commands > 0) parts.push(`${whole.format(commands)} commands`);
  if (reconnects > 0) parts.push(`${whole.format(reconnects)} reconnects`);
  if (dropped > 0) parts.push(`${whole.format(dropped)} dropped`);
  return parts.join(' · ');
}
