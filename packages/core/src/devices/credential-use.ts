import { audit } from '../platform/audit.ts';
import { systemContext } from '../platform/context.ts';
import { type Db, inOrganization } from '../platform/db/store.ts';
import type { Log } from '../platform/log.ts';
import type { Refusals } from '../platform/refusals.ts';
import { hashToken } from '../platform/token.ts';
import type { FleetDevice } from './registry.ts';

/** What devices do with their credentials, for the audit trail. */
export interface CredentialUse {
  /** A token has opened its device: the first time is written down, within five minutes or when the server stops. */
  used(device: FleetDevice, token: string): void;
  /** A device was refused what it wanted, or somebody in its name; within bounds, as refusals of people are. */
  refused(device: FleetDevice, why: string, address?: string): void;
  stop(): Promise<void>;
}

/** As often as the trail is signed: ten thousand new devices are an entry or two. */
const FLUSH_MS = 5 * 60_000;
/** Devices that an entry names; of more it says how many. */
const NAMED = 100;

export function createCredentialUse(db: Db, refusals: Refusals, log: Log): CredentialUse {
  let waiting = new Map<string, { device: FleetDevice; hash: Buffer }>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(batch: { device: FleetDevice; hash: Buffer }[]): Promise<void> {
    const names = new Map(batch.map(({ device }) => [device.number, device.deviceId]));
    const { organization } = (batch[0] as { device: FleetDevice }).device;
    await inOrganization(db, systemContext(organization), async (inside) => {
      const rows = await inside.db
        .updateTable('device_tokens')
        .set({ first_used_at: new Date() })
        // as one array: there may be more of them than a statement has parameters
        .where(({ eb, fn, val }) => eb('hash', '=', fn.any(val(batch.map(({ hash }) => hash)))))
        .where('first_used_at', 'is', null)
        .returning('device')
        .execute();
      if (rows.length === 0) return;
      const devices = rows.map(({ device }) => names.get(device) as string).sort();
      const object = devices.length === 1 ? `device:${devices[0]}` : 'devices';
      const details = devices.length === 1 ? {} : { count: devices.length, devices: devices.slice(0, NAMED) };
      await audit(inside, { action: 'device.credential_used', object, details });
    });
  }

  function flush(): void {
    timer = undefined;
    const batch = [...waiting.values()];
    waiting = new Map();
    for (const members of Map.groupBy(batch, ({ device }) => device.organization.id).values()) {
      writing = writing
        .then(() => write(members))
        .catch((error) => {
          // its next use is its first one then
          for (const { device, hash } of members) {
            for (const one of device.tokens) if (one.hash.equals(hash)) one.isUsed = false;
          }
          log.warn({ err: error }, 'that device tokens were used could not be written down');
        });
    }
  }

  return {
    used(device, token) {
      if (device.tokens.every(({ isUsed }) => isUsed)) return;
      const hash = hashToken(token);
      const found = device.tokens.find((one) => one.hash.equals(hash));
      if (!found || found.isUsed) return;
      found.isUsed = true;
      waiting.set(hash.toString('hex'), { device, hash });
      timer ??= setTimeout(flush, FLUSH_MS).unref();
    },
    refused(device, why, address) {
      const { deviceId } = device;
      const ctx = { ...systemContext(device.organization), address };
      const actor = { kind: 'device', id: deviceId, name: deviceId } as const;
      void refusals.note(
        { ...ctx, actor },
        { action: 'device.refused', object: `device:${deviceId}`, details: { why: storable(why) } },
      );
    },
    async stop() {
      clearTimeout(timer);
      flush();
      await writing;
    },
  };
}

/** A topic may hold what no table takes. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\ufffd');
