import { routes } from '@muster/contract/routes';
import type { AccessCatalogue } from '../../access/index.ts';
import type { Outbox } from '../../mail/index.ts';
import type { Db } from '../../platform/db/store.ts';
import type { Binder } from '../../platform/http/bind.ts';
import { callerOf } from '../caller.ts';
import type { Throttle } from '../throttle.ts';
import { acceptInvitation, lookAtInvitation } from './accept.ts';
import { createInvitation } from './create.ts';
import { listInvitations, revokeInvitation, sendInvitation } from './manage.ts';

export interface InvitationDeps {
  db: Db;
  catalogue: AccessCatalogue;
  outbox: Outbox;
  throttle: Throttle;
}

export function bindInvitations(bind: Binder, { db, catalogue, outbox, throttle }: InvitationDeps): void {
  const { invitations } = routes;
  bind(invitations.list, ({ ctx }) => listInvitations(db, ctx));
  bind(invitations.create, ({ ctx, body }) => createInvitation(db, ctx, body, catalogue, outbox));
  bind(invitations.send, ({ ctx, params }) => sendInvitation(db, ctx, params.id, outbox));
  bind(invitations.revoke, ({ ctx, params }) => revokeInvitation(db, ctx, params.id, outbox));
  bind(invitations.look, ({ body, request }) => lookAtInvitation(db, body.token, throttle, callerOf(request)));
  bind(invitations.accept, ({ body, request }) => acceptInvitation(db, body, catalogue, throttle, callerOf(request)));
}
