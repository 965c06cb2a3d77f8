import { deviceTopics } from '@muster/contract/mqtt';
import type { DeviceConnections, FleetDevice } from '../devices/index.ts';
import { coalesce } from '../platform/coalesce.ts';
import { systemContext } from '../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import type { Log } from '../platform/log.ts';
import { takeSteps } from './change.ts';
import type { CommandRow } from './view.ts';

/** A command as its device gets it. */
export interface Delivery {
  id: string;
  name: string;
  params: Record<string, unknown>;
  expiresAt: string;
}

export interface Deliverer {
  /** Sends a device what waits for it. @param again also what was sent before and not acknowledged: it may have been lost */
  deliver(device: FleetDevice, again: boolean): void;
  /** The same for one that comes and asks. */
  fetch(device: FleetDevice): Promise<Delivery[]>;
  /** What is under way is written. */
  stop(): Promise<void>;
}

const QOS = 1;

/** Brings commands to devices, in the order in which they were sent: one look at the table after the other. */
export function createDeliverer(
  db: Db,
  listening: (device: number) => ReturnType<DeviceConnections['listening']>,
  log: Log,
): Deliverer {
  let last: Promise<unknown> = Promise.resolve();

  /** Ten thousand devices that come back at once are asked about once. */
  const hasSome = coalesce<number, boolean>(async (devices) => {
    const found = await inAuthentication(db, (trx) =>
      trx
        .selectFrom('commands')
        .select('device')
        .distinct()
        .where('device', 'in', devices)
        .where('state', 'in', ['queued', 'sent'])
        .execute(),
    );
    const some = new Set(found.map(({ device }) => device));
    return devices.map((device) => some.has(device));
  });

  type Wanted = { device: FleetDevice; again: boolean };
  const take = coalesce<Wanted, Delivery[]>((wanted) => {
    const taken = last.then(() => takeAll(wanted));
    last = taken.catch(() => undefined);
    return taken;
  });

  async function takeAll(wanted: Wanted[]): Promise<Delivery[][]> {
    const byDevice = new Map<number, CommandRow[]>();
    for (const members of Map.groupBy(wanted, ({ device }) => device.organization.id).values()) {
      const { organization } = (members[0] as Wanted).device;
      const rows = await inOrganization(db, systemContext(organization), (inside) =>
        takeSteps(
          inside,
          [...Map.groupBy(members, ({ device }) => device.number).values()].map((same) => {
            const { number, deviceId } = (same[0] as Wanted).device;
            return { number, deviceId, again: same.some(({ again }) => again) };
          }),
        ),
      );
      for (const row of rows) byDevice.set(row.device, [...(byDevice.get(row.device) ?? []), row]);
    }
    return wanted.map(({ device }) => {
      const rows = byDevice.get(device.number) ?? [];
      // who asked for the same device at the same moment finds that it is taken
      byDevice.delete(device.number);
      return rows.map(deliveryOf);
    });
  }

  return {
    deliver(device, again) {
      if (listening(device.number).length === 0) return;
      const work = async () => {
        if (!(await hasSome(device.number))) return;
        const deliveries = await take({ device, again });
        for (const { id, ...rest } of deliveries) {
          const topic = deviceTopics.command(device.deviceId, id);
          const payload = Buffer.from(JSON.stringify(rest));
          // the connection may have gone meanwhile: the next one gets them again
          for (const connection of listening(device.number)) connection.send(topic, payload, QOS);
        }
      };
      work().catch((error) => log.warn({ err: error, deviceId: device.deviceId }, 'commands could not be delivered'));
    },
    fetch: (device) => take({ device, again: true }),
    async stop() {
      await last;
    },
  };
}

const deliveryOf = (row: CommandRow): Delivery => ({
  id: row.id,
  name: row.name,
  params: row.params as Record<string, unknown>,
  expiresAt: row.expires_at.toISOString(),
});
