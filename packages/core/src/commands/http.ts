import { routes } from '@muster/contract/routes';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import { cancelCommand } from './cancel.ts';
import { decideCommand } from './decide.ts';
import { getCommand, listCommands } from './list.ts';
import { sendCommand, type TypeOf } from './send.ts';
import { cancelBatch, getBatch, sendToMany } from './send-many.ts';

export function bindCommands(bind: Binder, db: Db, typeOf: TypeOf): void {
  const { commands } = routes;
  bind(commands.send, ({ ctx, params, body }) => sendCommand(db, ctx, params.deviceId, body, typeOf));
  bind(commands.list, ({ ctx, params, query }) => listCommands(db, ctx, params.deviceId, query));
  bind(commands.get, ({ ctx, params }) => getCommand(db, ctx, params.deviceId, params.id));
  bind(commands.cancel, ({ ctx, params }) => cancelCommand(db, ctx, params.deviceId, params.id));
  bind(commands.approve, ({ ctx, params }) =>
    decideCommand(db, ctx, params.deviceId, params.id, { yes: true }, typeOf),
  );
  bind(commands.reject, ({ ctx, params, body }) =>
    decideCommand(db, ctx, params.deviceId, params.id, { yes: false, ...body }, typeOf),
  );
  bind(commands.sendMany, ({ ctx, body }) => sendToMany(db, ctx, body, typeOf));
  bind(commands.batch, ({ ctx, params }) => getBatch(db, ctx, params.id));
  bind(commands.cancelBatch, ({ ctx, params }) => cancelBatch(db, ctx, params.id));
}
