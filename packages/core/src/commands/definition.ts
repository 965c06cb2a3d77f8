import { commandTimes } from '@muster/contract/commands';
import type { DeviceType } from '@muster/contract/solution';
import { type Context, requirePermission } from '../platform/context.ts';
import { invalid, MusterError } from '../platform/errors.ts';
import { checkValue } from '../platform/json-schema.ts';

/** What a type says of one of its commands. */
export interface CommandDefinition {
  /** The parameters, with the defaults of their schema. */
  params: Record<string, unknown>;
  timeoutMs: number;
  /** A second person must say yes. */
  approval: boolean;
}

/**
 * A wish compared with the device's type. A type that takes metrics as they come takes commands as they come too.
 * @throws MusterError `invalid` for a command or parameters that the type does not know, `forbidden` and `step_up` as the command's schema asks
 */
export function defineCommand(
  ctx: Context,
  type: DeviceType,
  wish: { name: string; params?: Record<string, unknown>; timeoutMs?: number; approval?: boolean },
  requireProof: (ctx: Context) => void,
): CommandDefinition {
  const schema = Object.hasOwn(type.commands, wish.name) ? type.commands[wish.name] : undefined;
  if (!schema && !type.open) {
    const known = Object.keys(type.commands).join(', ') || 'none';
    throw invalid('The command is not one of this device.', [
      { path: '/name', message: `is not a command of ${type.id}, which has ${known}`, code: 'unknown-command' },
    ]);
  }
  const params = structuredClone(wish.params ?? {});
  if (schema) {
    checkValue(schema, params, '/params', 'The parameters are not right.');
    if (schema.permission) requirePermission(ctx, schema.permission);
    if (schema.stepUp) requireProof(ctx);
  }
  return {
    params,
    timeoutMs: wish.timeoutMs ?? schema?.timeoutMs ?? commandTimes.usual,
    approval: wish.approval === true || schema?.approval === true,
  };
}

/** @throws MusterError `conflict` for a command that has gone on since */
export const tooLate = (state: string) =>
  new MusterError('conflict', `The command is ${state.replace('-', ' ')} already.`);
