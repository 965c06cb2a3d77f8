import { routes } from '@muster/contract/routes';
import type { LiveState } from '../devices/index.ts';
import type { PlaceKinds } from '../places/index.ts';
import type { Db } from '../platform/db/store.ts';
import { MusterError } from '../platform/errors.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { Refusals } from '../platform/refusals.ts';
import { createEnrollmentToken } from './create.ts';
import { listEnrollmentTokens } from './list.ts';
import { noteRefusal } from './open.ts';
import { registerDevice } from './register.ts';
import { revokeEnrollmentToken } from './revoke.ts';
import { updateEnrollmentToken } from './update.ts';

export interface EnrollmentDeps {
  db: Db;
  types: ReadonlyMap<string, unknown>;
  kinds: PlaceKinds;
  live: LiveState;
  refusals: Refusals;
}

export function bindEnrollment(bind: Binder, { db, types, kinds, live, refusals }: EnrollmentDeps): void {
  const { enrollment } = routes;
  bind(enrollment.list, async ({ ctx }) => ({ items: await listEnrollmentTokens(db, ctx) }));
  bind(enrollment.create, ({ ctx, body }) => createEnrollmentToken(db, ctx, body, types));
  bind(enrollment.update, ({ ctx, params, body, version }) => updateEnrollmentToken(db, ctx, params.id, version, body));
  bind(enrollment.revoke, ({ ctx, params }) => revokeEnrollmentToken(db, ctx, params.id));
  bind(enrollment.register, ({ ctx, body }) =>
    registerDevice(db, ctx, body, types, kinds, live).catch(async (error) => {
      const isUsedUp = error instanceof MusterError && error.code === 'unauthenticated';
      if (isUsedUp) await noteRefusal(refusals, ctx, `It is used up: ${body.deviceId} was not registered.`);
      throw error;
    }),
  );
}
