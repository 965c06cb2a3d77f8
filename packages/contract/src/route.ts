import type Type from 'typebox';
import type { Permission } from './permissions.ts';

/**
 * Who may call a route. The server refuses to start when a route names none.
 * `public`: anybody. `user`: any signed-in person. `caller`: a signed-in person or an API key. `device`: a device token. `enrollment`: an enrollment token. `ticket`: a live ticket or a bearer token.
 * `metrics`: the metrics token of the installation or `system:read`.
 */
export type Access =
  | 'public'
  | 'user'
  | 'caller'
  | 'device'
  | 'enrollment'
  | 'ticket'
  | 'metrics'
  | { permission: Permission };

/** One route, as data: the server validates and serializes by it, the browser types its calls by it, OpenAPI is made of it. */
export interface RouteDefinition {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, parameters as `:name`. */
  path: `/${string}`;
  summary: string;
  tag: string;
  access: Access;
  params?: Type.TObject;
  query?: Type.TObject;
  body?: Type.TSchema;
  /** Body of the successful answer; absent: 204, or a stream described by `produces`. */
  response?: Type.TSchema;
  status?: 200 | 201 | 202 | 204 | 302;
  /** Media types of a streamed answer. */
  produces?: string[];
  /** The resource has versions: `If-Match` is required and `ETag` answered. */
  versioned?: true;
  /** A person must have signed in a short while ago: what it does may give away more than a screen left alone should. */
  stepUp?: true;
  /** Largest body in bytes; default 64 KiB. */
  bodyLimit?: number;
}

/** Keeps the literal types of a route while checking its shape. */
export const route = <const R extends RouteDefinition>(definition: R): R => definition;
