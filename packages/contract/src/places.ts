import Type from 'typebox';
import { route } from './route.ts';
import { Attributes, Id, Labels, Name, Nullable, Page, Paging, Slug, Strict } from './schema.ts';

const Texts = Type.Record(Type.String(), Type.String());

const placeFields = {
  id: Id,
  parentId: Nullable(Id),
  kind: Type.String(),
  name: Type.String(),
  slug: Type.String(),
  address: Type.Optional(Type.String()),
  timezone: Nullable(Type.String()),
  /** Its own; those of the places above it hold as well. */
  labels: Type.Array(Type.String()),
  /** What holds here: its own time zone or the nearest one above it, `UTC` where nobody said one; its labels and all above it. */
  effective: Type.Object({ timezone: Type.String(), labels: Type.Array(Type.String()) }),
  attributes: Type.Record(Type.String(), Type.Unknown()),
  /** So many devices are meant to stand in it and below it. */
  capacity: Type.Optional(Type.Integer()),
  version: Type.Integer(),
};

export const Place = Type.Object(placeFields);
export type Place = Type.Static<typeof Place>;

/**
 * How a place is, by what stands in it and below it, worst first.
 * `down`: all devices that should work are offline or in error. `degraded`: some are. `incomplete`: something is missing, in it or below it.
 * `waiting`: some were never heard. `maintenance`: all devices are in maintenance, which is no fault. `ok`. `empty`: no device, and none is needed.
 */
export const placeStates = ['down', 'degraded', 'incomplete', 'waiting', 'maintenance', 'ok', 'empty'] as const;
export type PlaceState = (typeof placeStates)[number];

export const PlaceHealth = Type.Object({
  state: Type.Unsafe<PlaceState>(Type.Union(placeStates.map((state) => Type.Literal(state)))),
  /** What this place itself lacks by the rules of its kind, and by its capacity. */
  missing: Type.Array(
    Type.Object({
      title: Type.String(),
      titles: Texts,
      role: Nullable(Type.String()),
      least: Type.Integer(),
      found: Type.Integer(),
    }),
  ),
  /** Places below it that lack something. */
  incompleteBelow: Type.Integer(),
  /** In it and below it. */
  devices: Type.Object({
    total: Type.Integer(),
    online: Type.Integer(),
    offline: Type.Integer(),
    error: Type.Integer(),
    maintenance: Type.Integer(),
    pending: Type.Integer(),
  }),
});
export type PlaceHealth = Type.Static<typeof PlaceHealth>;

/** A place as it is read. `health` is null for whoever does not see all devices in it and below it. */
export const PlaceWithHealth = Type.Object({ ...placeFields, health: Nullable(PlaceHealth) });
export type PlaceWithHealth = Type.Static<typeof PlaceWithHealth>;

/** What a move or another kind would do. */
export const PlaceEffect = Type.Object({
  /** Places that move: it, and those below it. */
  places: Type.Integer(),
  /** Devices in them that the caller sees. */
  devices: Type.Integer(),
  timezone: Type.Object({ from: Type.String(), to: Type.String() }),
  labels: Type.Object({ gained: Type.Array(Type.String()), lost: Type.Array(Type.String()) }),
  /** Why it would be refused; none: it would be done. */
  faults: Type.Array(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      params: Type.Optional(Type.Record(Type.String(), Type.Number())),
      /** Devices that would break the rule, as far as the caller sees them. */
      deviceIds: Type.Array(Type.String()),
    }),
  ),
});
export type PlaceEffect = Type.Static<typeof PlaceEffect>;

const fields = {
  parentId: Type.Optional(Nullable(Id)),
  /** Null or empty: it has none. */
  address: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
  /** IANA name; null: the parent's. */
  timezone: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  labels: Type.Optional(Labels),
  attributes: Type.Optional(Attributes),
  capacity: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 1_000_000 }))),
};

const DeviceRule = Type.Object({
  title: Type.String(),
  titles: Texts,
  type: Type.String(),
  role: Nullable(Type.String()),
  most: Nullable(Type.Integer()),
  least: Nullable(Type.Integer()),
  roles: Nullable(Type.Array(Type.String())),
});

export const placeRoutes = {
  list: route({
    method: 'GET',
    path: '/places',
    summary: 'Places, parents before children, each with its health',
    tag: 'Fleet',
    access: { permission: 'place:read' },
    query: Strict({ ...Paging }),
    response: Page(PlaceWithHealth),
  }),
  get: route({
    method: 'GET',
    path: '/places/:id',
    summary: 'One place',
    tag: 'Fleet',
    access: { permission: 'place:read' },
    params: Strict({ id: Id }),
    response: PlaceWithHealth,
  }),
  effect: route({
    method: 'GET',
    path: '/places/:id/effect',
    summary: 'What it would do to move a place with all below it, or to give it another kind; nothing is changed',
    tag: 'Fleet',
    access: { permission: 'place:write' },
    params: Strict({ id: Id }),
    query: Strict({
      /** An id; `top`: it stands in no other. */
      parentId: Type.Optional(Type.String({ maxLength: 36 })),
      kind: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    }),
    response: PlaceEffect,
  }),
  kinds: route({
    method: 'GET',
    path: '/place-kinds',
    summary: 'What kinds of place there are, where they may stand and what they hold',
    tag: 'Fleet',
    access: { permission: 'place:read' },
    response: Type.Object({
      items: Type.Array(
        Type.Object({
          id: Type.String(),
          title: Type.String(),
          titles: Texts,
          /** Kinds that it may stand in, null for the top; null: anywhere. */
          standsIn: Nullable(Type.Array(Nullable(Type.String()))),
          devices: Type.Array(DeviceRule),
        }),
      ),
    }),
  }),
  export: route({
    method: 'GET',
    path: '/places/export',
    summary: 'All places as CSV, as the import takes them back',
    tag: 'Fleet',
    access: { permission: 'place:read' },
    produces: ['text/csv'],
  }),
  create: route({
    method: 'POST',
    path: '/places',
    summary: 'Create a place',
    tag: 'Fleet',
    access: { permission: 'place:write' },
    body: Strict({
      name: Name,
      kind: Type.String({ minLength: 1, maxLength: 64 }),
      slug: Type.Optional(Slug),
      ...fields,
    }),
    response: Place,
    status: 201,
  }),
  update: route({
    method: 'PATCH',
    path: '/places/:id',
    summary: 'Change or move a place',
    tag: 'Fleet',
    access: { permission: 'place:write' },
    params: Strict({ id: Id }),
    body: Strict({
      name: Type.Optional(Name),
      kind: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      slug: Type.Optional(Slug),
      ...fields,
    }),
    response: Place,
    versioned: true,
  }),
  delete: route({
    method: 'DELETE',
    path: '/places/:id',
    summary: 'Delete a place that holds neither places nor devices',
    tag: 'Fleet',
    access: { permission: 'place:write' },
    params: Strict({ id: Id }),
    status: 204,
  }),
} as const;
