import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionState } from '@muster/edge/connection';
import type { DurableDevice } from '@muster/edge/durable-device';
import { AgentError, loadIdentity, writeOwn } from './state.ts';

interface Status {
  at: string;
  pid: number;
  state: ConnectionState;
  reason: string;
  /** Messages that wait for their acknowledgement, and those given up since the start. */
  waiting: number;
  dropped: number;
  configurationVersion: number;
  isTimeKnown: boolean;
}

export interface AgentState {
  state: ConnectionState;
  reason: string;
  device: DurableDevice;
}

/** Leaves for `muster-agent status` what the agent is doing: the databases belong to the running agent alone. */
export function writeStatus(directory: string, { state, reason, device }: AgentState): void {
  const status: Status = {
    at: new Date().toISOString(),
    pid: process.pid,
    state,
    reason,
    waiting: device.connection.waiting,
    dropped: device.connection.dropped,
    configurationVersion: device.configuration?.inForce.version ?? 0,
    isTimeKnown: device.clock.isAnchored,
  };
  try {
    // never flushed: memory cards wear out, and after a power cut it says nothing true
    writeOwn(directory, 'status.json', `${JSON.stringify(status)}\n`, false);
  } catch {
    // a full disk: the work matters more than the word about it
  }
}

/**
 * Says what the agent is doing.
 *
 * @returns the exit code: 0 online, 3 not
 * @throws AgentError when this computer is not enrolled
 */
export function printStatus(directory: string): number {
  const identity = loadIdentity(directory);
  if (!identity) throw new AgentError(`This computer is not enrolled: there is nothing in ${directory}.`);
  const { organization, deviceId, mqtt } = identity;
  const status = readStatus(directory);
  const isRunning = status !== undefined && isAlive(status.pid);
  const lines = [`${organization}/${deviceId} → ${mqtt}`];
  if (!isRunning) lines.push('not running');
  else {
    lines.push(`${status.state}${status.reason ? `: ${status.reason}` : ''} (${status.at})`);
    lines.push(`${status.waiting} messages waiting, ${status.dropped} given up`);
    lines.push(`configuration ${status.configurationVersion}, time ${status.isTimeKnown ? 'known' : 'not known yet'}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return isRunning && status.state === 'online' ? 0 : 3;
}

function readStatus(directory: string): Status | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'status.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
