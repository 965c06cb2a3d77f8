import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { type TruthRecord, truthKey } from '@muster/edge/simulate/read-truth';
import type { StoredMessage } from './account-rows.ts';

/**
 * What became of every message of a run. Keys are `boot/seq`, which no two devices and no two runs share; the lists of faults
 * must be empty.
 */
export interface Account {
  sent: number;
  acknowledged: number;
  /** Acknowledged as what it is: a message that no store takes. */
  refused: number;
  stored: number;
  /** Sent and not acknowledged: stored or not, either is right. */
  indeterminate: number;
  /** Of those, the ones that are stored. */
  indeterminateStored: number;
  /** Acknowledged, and not in the store. */
  lost: string[];
  /** In the store more than once. */
  duplicates: string[];
  /** In the store, and never sent, or sent to be refused. */
  unexpected: string[];
  /** Stored with another time, device or value than was sent. */
  altered: string[];
}

/** Figures of a run that the messages do not tell. */
export interface Circumstances {
  /** Longest time without an acknowledgement, as a device saw it. */
  maxUnavailableMs?: number;
  /** The most memory that the server held. */
  peakBytes?: number;
  seed?: number;
  [more: string]: number | string | undefined;
}

/** Compares what devices know with what the store holds of them. */
export function settle(truth: TruthRecord, rows: Iterable<StoredMessage>): Account {
  const devices = new Set([...truth.sent.values()].map(({ deviceId }) => deviceId));
  const account: Account = {
    sent: truth.sent.size,
    acknowledged: truth.acknowledged.size,
    refused: 0,
    stored: 0,
    indeterminate: 0,
    indeterminateStored: 0,
    lost: [],
    duplicates: [],
    unexpected: [],
    altered: [],
  };
  const stored = new Set<string>();
  for (const row of rows) {
    if (!devices.has(row.deviceId)) continue;
    account.stored++;
    const key = truthKey(row.boot ?? '', row.seq ?? Number.NaN);
    const sent = truth.sent.get(key);
    if (!sent || sent.refused) account.unexpected.push(`${row.deviceId} ${key}`);
    else if (stored.has(key)) account.duplicates.push(key);
    else if (
      sent.deviceId !== row.deviceId ||
      sent.ts !== row.ts ||
      !isDeepStrictEqual({ ...sent.values }, row.values)
    ) {
      account.altered.push(key);
    }
    stored.add(key);
  }
  for (const [key, { refused }] of truth.sent) {
    if (refused) account.refused++;
    else if (truth.acknowledged.has(key)) {
      if (!stored.has(key)) account.lost.push(key);
    } else {
      account.indeterminate++;
      if (stored.has(key)) account.indeterminateStored++;
    }
  }
  return account;
}

/** Several accounts of one run as one. */
export function mergeTruths(...truths: readonly TruthRecord[]): TruthRecord {
  return {
    sent: new Map(truths.flatMap(({ sent }) => [...sent])),
    acknowledged: new Set(truths.flatMap(({ acknowledged }) => [...acknowledged])),
    repeated: new Map(truths.flatMap(({ repeated }) => [...repeated])),
    torn: truths.reduce((sum, { torn }) => sum + torn, 0),
  };
}

/** The account in one line. */
export function describeAccount(account: Account, circumstances: Circumstances = {}): string {
  const { maxUnavailableMs, peakBytes, seed, ...more } = circumstances;
  const parts = [
    `sent ${account.sent}`,
    `acked ${account.acknowledged}`,
    `stored ${account.stored}`,
    `lost ${account.lost.length}`,
    `duplicates ${account.duplicates.length}`,
    `unexpected ${account.unexpected.length}`,
    `altered ${account.altered.length}`,
    `indeterminate ${account.indeterminate} (${account.indeterminateStored} stored)`,
  ];
  if (account.refused > 0) parts.push(`refused ${account.refused}`);
  if (maxUnavailableMs !== undefined) parts.push(`max unavailability ${Math.round(maxUnavailableMs)} ms`);
  if (peakBytes !== undefined) parts.push(`RSS max ${Math.round(peakBytes / 2 ** 20)} MB`);
  for (const [name, value] of Object.entries(more)) if (value !== undefined) parts.push(`${name} ${value}`);
  if (seed !== undefined) parts.push(`seed ${seed}`);
  return parts.join(' · ');
}

/** Nothing lost, nothing twice, nothing that was not sent, nothing changed. @throws AssertionError with examples */
export function assertSettled(account: Account): void {
  const faults = Object.entries({
    lost: account.lost,
    duplicates: account.duplicates,
    unexpected: account.unexpected,
    altered: account.altered,
  }).filter(([, keys]) => keys.length > 0);
  const text = faults.map(([name, keys]) => `${name}: ${keys.length}, such as ${keys.slice(0, 5).join(', ')}`);
  assert.equal(faults.length, 0, `the account is not right: ${text.join('; ')}\n${describeAccount(account)}`);
  assert.ok(account.acknowledged > 0, 'nothing was acknowledged: the run shows nothing');
}
