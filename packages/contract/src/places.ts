import Type from 'typebox';
import { route } from './route.ts';
import { Attributes, Id, Name, Nullable, Page, Paging, Slug, Strict } from './schema.ts';

export const Place = Type.Object({
  id: Id,
  parentId: Nullable(Id),
  kind: Type.String(),
  name: Type.String(),
  slug: Type.String(),
  address: Type.Optional(Type.String()),
  timezone: Nullable(Type.String()),
  attributes: Type.Record(Type.String(), Type.Unknown()),
  capacity: Type.Optional(Type.Integer()),
  version: Type.Integer(),
});
export type Place = Type.Static<typeof Place>;

const fields = {
  parentId: Type.Optional(Nullable(Id)),
  address: Type.Optional(Type.String({ maxLength: 500 })),
  /** IANA name; null: the parent's. */
  timezone: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  attributes: Type.Optional(Attributes),
  capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
};

export const placeRoutes = {
  list: route({
    method: 'GET',
    path: '/places',
    summary: 'Places, parents before children',
    tag: 'Fleet',
    access: { permission: 'place:read' },
    query: Strict({ ...Paging }),
    response: Page(Place),
  }),
  get: route({
    method: 'GET',
    path: '/places/:id',
    summary: 'One place',
    tag: 'Fleet',
    access: { permission: 'place:read' },
    params: Strict({ id: Id }),
    response: Place,
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
