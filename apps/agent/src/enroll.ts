import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, type HttpAnswer } from '@muster/edge/http';
import { AgentError, makeDirectory, saveIdentity } from './state.ts';

export interface EnrollmentWish {
  directory: string;
  server: string;
  /** `-`: read from standard input. */
  token: string;
  id?: string | undefined;
  name?: string | undefined;
  mqtt?: string | undefined;
  /** A file. */
  ca?: string | undefined;
}

interface Registered {
  deviceId: string;
  username: string;
  token: string;
}

interface Pending {
  requestId: string;
  pairingCode: string;
}

const POLL_MS = 3000;

/**
 * Registers this computer, waits for approval where the token asks for one, and keeps what it signs in with.
 *
 * @throws AgentError when it is enrolled already, or the server refuses
 */
export async function enroll(wish: EnrollmentWish): Promise<void> {
  const { directory, name } = wish;
  if (existsSync(join(directory, 'identity.json')))
    throw new AgentError(`This computer is enrolled already: ${directory}. Remove that directory to enroll it anew.`);
  const server = addressOf('--server', wish.server, ['http:', 'https:']);
  const mqtt = wish.mqtt === undefined ? mqttBeside(server) : addressOf('--mqtt', wish.mqtt, ['mqtt:', 'mqtts:']).href;
  const ca = wish.ca === undefined ? undefined : readCertificates(wish.ca);
  const token = wish.token === '-' ? (await text(process.stdin)).trim() : wish.token;
  const deviceId = wish.id ?? hostname();
  // a directory that can not be written is said before a use of the token is spent
  makeDirectory(directory);
  const serialNumber = readSerialNumber();
  const body = { deviceId, type: 'linux', ...(serialNumber && { serialNumber }), ...(name !== undefined && { name }) };
  const answer = await reach(server, '/api/v1/provisioning/register', { method: 'POST', body, token, ca });
  let registered: Registered;
  if (answer.status === 201) registered = answer.json as Registered;
  else if (answer.status === 202) registered = await approval(server, answer.json as Pending, token, ca);
  else throw refusal(answer);
  const [organization = ''] = registered.username.split('/');
  const identity = { server: server.origin, mqtt, organization, deviceId: registered.deviceId, ca: ca ?? null };
  saveIdentity(directory, identity, registered.token);
  process.stdout.write(`Enrolled as ${registered.username}. "muster-agent run" begins.\n`);
}

async function approval(server: URL, pending: Pending, token: string, ca: string | undefined): Promise<Registered> {
  process.stdout.write(
    `Waiting for approval. The code of this computer is ${pending.pairingCode}: compare it with the one on the page.\n`,
  );
  const path = `/api/v1/provisioning/requests/${encodeURIComponent(pending.requestId)}`;
  for (;;) {
    await pause(POLL_MS);
    const answer = await ask(new URL(path, server), { token, ca }).catch(() => undefined);
    // away for a while, or too busy: the request stays
    if (answer === undefined || answer.status === 429 || answer.status >= 500) continue;
    if (answer.status >= 400) throw refusal(answer);
    const said = answer.json as Partial<Registered> & { state?: string };
    if (said.token && said.username && said.deviceId)
      return { token: said.token, username: said.username, deviceId: said.deviceId };
    if (said.state === 'rejected' || said.state === 'expired') throw new AgentError(`The request was ${said.state}.`);
  }
}

async function reach(server: URL, path: string, question: Parameters<typeof ask>[1]): Promise<HttpAnswer> {
  try {
    return await ask(new URL(path, server), question);
  } catch (error) {
    throw new AgentError(`${server.origin} can not be reached: ${(error as Error).message}`);
  }
}

function refusal({ status, json }: HttpAnswer): AgentError {
  const { title, detail } = (json ?? {}) as { title?: string; detail?: string };
  return new AgentError(`The server refuses: ${detail ?? title ?? 'no reason given'} (${status})`);
}

function addressOf(option: string, text: string, protocols: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol))
    throw new AgentError(`${option} must be an address such as ${protocols.at(-1)}//muster.example.com.`);
  return url;
}

function mqttBeside({ protocol, hostname }: URL): string {
  return protocol === 'https:' ? `mqtts://${hostname}:8883` : `mqtt://${hostname}:1883`;
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AgentError(`--ca can not be read: ${(error as Error).message}`);
  }
}

/** A Raspberry Pi has it in its device tree; of a PC only root may read it, and often it is a word of the maker's for "none". */
function readSerialNumber(): string | undefined {
  try {
    return readFileSync('/proc/device-tree/serial-number', 'utf8').replaceAll('\0', '').trim().slice(0, 120);
  } catch {
    return undefined;
  }
}
