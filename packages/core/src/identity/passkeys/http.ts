import { routes } from '@muster/contract/routes';
import type { FastifyRequest } from 'fastify';
import type { Binder } from '../../platform/http/bind.ts';
import { callerOf } from '../caller.ts';
import { refuseForeignSite, type SessionCookie } from '../session-cookie.ts';
import { person } from '../sessions.ts';
import type { SignInDeps } from '../sign-in.ts';
import { addPasskey, listPasskeys, registrationOptions, removePasskey, renamePasskey } from './manage.ts';
import { signInOptions, signInWithPasskey } from './sign-in.ts';
import { siteOf } from './site.ts';

export interface PasskeyRouteDeps extends SignInDeps {
  cookie: SessionCookie;
  /** Addresses under which browsers reach this server. */
  origins(): readonly string[];
}

export function bindPasskeys(bind: Binder, deps: PasskeyRouteDeps): void {
  const { passkeys } = routes;
  const { db, secret, cookie, origins } = deps;
  const site = (request: FastifyRequest) => siteOf(request.headers.origin, origins());

  bind(passkeys.list, async ({ ctx }) => ({ items: await listPasskeys(db, person(ctx)) }));
  bind(passkeys.createOptions, ({ ctx, request }) => registrationOptions(deps, person(ctx), site(request)));
  bind(passkeys.create, ({ ctx, body, request }) => addPasskey(deps, person(ctx), body, site(request)));
  bind(passkeys.rename, ({ ctx, params, body }) => renamePasskey(db, person(ctx), params.id, body.name));
  bind(passkeys.delete, ({ ctx, params }) => removePasskey(db, person(ctx), params.id));

  bind(passkeys.signInOptions, ({ request }) => signInOptions(secret, site(request)));
  bind(passkeys.signIn, async ({ body, request, reply }) => {
    refuseForeignSite(request);
    const signedIn = await signInWithPasskey(deps, body.credential, site(request), callerOf(request));
    return cookie.begin(signedIn, request, reply);
  });
}
