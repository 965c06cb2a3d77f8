import { CommandResult, type CommandState } from '@muster/contract/commands';
import { Compile } from 'typebox/compile';
import type { DeviceConnections, DeviceRoom, FleetDevice } from '../devices/index.ts';
import type { Bus } from '../platform/bus.ts';
import { systemContext } from '../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import { MusterError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { isId } from '../platform/uuid.ts';
import type { Refusal, Telemetry } from '../telemetry/index.ts';
import { takeStep } from './change.ts';
import { createDeliverer, type Delivery } from './deliver.ts';
import { findDue, settle } from './due.ts';
import { reportCommand } from './report.ts';
import { createVerifier, type Verification } from './verify.ts';
import type { Postcondition } from './view.ts';

export interface CommandsOptions {
  db: Db;
  bus: Bus;
  telemetry: Telemetry;
  connections(): Pick<DeviceConnections, 'listening' | 'listener' | 'listeners'>;
  log: Log;
}

/** Commands as something that lives: they go to devices, come back with results, and end when their time is over. */
export interface Commands {
  /** What devices say and hear of them over MQTT. */
  room: DeviceRoom;
  /** What waits for a device that asks over HTTP; waits up to `waitMs` for something. */
  fetch(device: FleetDevice, waitMs: number, over: AbortSignal): Promise<Delivery[]>;
  /** @throws MusterError `not_found`, `unavailable` */
  report(device: FleetDevice, id: string, said: CommandResult): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const resultShape = Compile(CommandResult);
/** In these something must happen within a time; the others are over, or have the time of before. */
const hasTime: ReadonlySet<CommandState> = new Set(['awaiting-approval', 'queued', 'acknowledged', 'succeeded']);
const RETRY_MS = 1000;
const LONGEST_TIMER_MS = 60_000;

export function createCommands({ db, bus, telemetry, connections, log }: CommandsOptions): Commands {
  const deliverer = createDeliverer(db, (device) => connections().listening(device, 'commands'), log);
  const asking = new Map<number, Set<() => void>>();
  const verifier = createVerifier((verification, observed) => {
    verified(verification, observed).catch((error) =>
      log.warn({ err: error, command: verification.id }, 'that a command was verified could not be written down'),
    );
  });
  telemetry.onStored(verifier.onStored);
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let lookAt = Number.POSITIVE_INFINITY;
  let stopped = false;

  async function verified({ id, organizationId, device, deviceId, postcondition }: Verification, observed: unknown) {
    const organization = { id: organizationId, number: 0, slug: '' };
    await inOrganization(db, systemContext(organization), async (inside) => {
      const row = await inside.db
        .selectFrom('commands')
        .select(['id', 'device'])
        .where('id', '=', id)
        .where('device', '=', device)
        .where('state', '=', 'succeeded')
        .forUpdate()
        .executeTakeFirst();
      const met = JSON.stringify({ ...postcondition, observed });
      const step = { state: 'verified', finished_at: new Date(), due_at: null, postcondition: met } as const;
      if (row) await takeStep(inside, row, deviceId, step);
    });
  }

  /** Commands that wait to be believed: after a start, and when the device says that one is done. */
  async function watch(ids: readonly string[] | 'all'): Promise<void> {
    const rows = await inAuthentication(db, (trx) => {
      const query = trx
        .selectFrom('commands as c')
        .innerJoin('devices as d', 'd.number', 'c.device')
        .select(['c.id', 'c.organization_id', 'c.device', 'd.device_id', 'c.postcondition', 'c.finished_at'])
        .where('c.state', '=', 'succeeded')
        .where('c.postcondition', 'is not', null)
        .where('c.due_at', 'is not', null);
      return (ids === 'all' ? query : query.where('c.id', 'in', [...ids])).execute();
    });
    for (const row of rows) {
      verifier.watch({
        id: row.id,
        organizationId: row.organization_id,
        device: row.device,
        deviceId: row.device_id,
        postcondition: row.postcondition as unknown as Postcondition,
        since: row.finished_at?.getTime() ?? Date.now(),
      });
    }
  }

  async function look(): Promise<void> {
    const { due, nextMs } = await findDue(db);
    for (const one of due) {
      const observed = verifier.forget(one);
      await inOrganization(db, systemContext(one.organization), (inside) => settle(inside, one, observed));
    }
    lookIn(nextMs);
  }

  /** At the next time that anything is due; sooner when something is due sooner. */
  function lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (stopped || (at >= lookAt && timer)) return;
    clearTimeout(timer);
    lookAt = at;
    timer = setTimeout(
      () => {
        timer = undefined;
        lookAt = Number.POSITIVE_INFINITY;
        looking = look().catch((error) => {
          log.warn({ err: error }, 'commands whose time is over could not be looked at');
          lookIn(RETRY_MS);
        });
      },
      Math.min(Math.max(ms, 0) + 1, LONGEST_TIMER_MS),
    ).unref();
  }

  bus.on((message) => {
    if (message.kind === 'commands.queued') {
      for (const device of connections().listeners(message.organizationId, 'commands'))
        deliverer.deliver(device, false);
      for (const wake of [...asking.values()].flatMap((waiting) => [...waiting])) wake();
      lookIn(0);
    }
    if (message.kind !== 'command.changed') return;
    if (message.state === 'queued') {
      const device = connections().listener(message.number, 'commands');
      if (device) deliverer.deliver(device, false);
      for (const wake of asking.get(message.number) ?? []) wake();
    }
    if (message.state === 'succeeded') {
      watch([message.id]).catch((error) => log.warn({ err: error, command: message.id }, 'a command is not watched'));
    }
    if (hasTime.has(message.state)) lookIn(0);
  });
  // what was told meanwhile was not heard
  bus.onGap(() => lookIn(0));

  async function report(device: FleetDevice, id: string, said: CommandResult): Promise<void> {
    await inOrganization(db, systemContext(device.organization), (inside) => reportCommand(inside, device, id, said));
  }

  return {
    room: {
      listens: (device) => deliverer.deliver(device, true),
      async said(device, path, payload) {
        const [id = '', word, ...rest] = path.split('/');
        if (word !== 'result' || rest.length > 0 || !isId(id)) return unknownTopic;
        const said = parse(payload);
        if (!said) return malformed;
        try {
          await report(device, id, said);
          return undefined;
        } catch (error) {
          if (error instanceof MusterError && error.code === 'not_found') return unknownCommand;
          // a text that no table takes: said again it would be the same
          if (error instanceof MusterError && error.code === 'malformed') return malformed;
          throw error;
        }
      },
    },
    async fetch(device, waitMs, over) {
      const found = await deliverer.fetch(device);
      if (found.length > 0 || waitMs === 0) return found;
      await new Promise<void>((resolve) => {
        const waiting = asking.get(device.number) ?? new Set();
        asking.set(device.number, waiting);
        const wake = () => {
          clearTimeout(patience);
          over.removeEventListener('abort', wake);
          waiting.delete(wake);
          if (waiting.size === 0) asking.delete(device.number);
          resolve();
        };
        const patience = setTimeout(wake, waitMs);
        over.addEventListener('abort', wake);
        waiting.add(wake);
        if (over.aborted) wake();
      });
      return over.aborted ? [] : deliverer.fetch(device);
    },
    report,
    async start() {
      await watch('all');
      lookIn(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      for (const wake of [...asking.values()].flatMap((waiting) => [...waiting])) wake();
      await looking;
      await deliverer.stop();
    },
  };
}

const unknownTopic: Refusal = {
  reason: 'unknown_topic',
  detail: 'Of a command a device publishes commands/{id}/result.',
};
const malformed: Refusal = {
  reason: 'malformed_json',
  detail: 'A result is {"state": "acknowledged" | "succeeded" | "failed", "result"?, "error"?}.',
};
const unknownCommand: Refusal = { reason: 'unknown_topic', detail: 'This device never had such a command.' };

function parse(payload: Buffer): CommandResult | undefined {
  try {
    const said: unknown = JSON.parse(payload.toString('utf8'));
    return resultShape.Check(said) ? said : undefined;
  } catch {
    return undefined;
  }
}
