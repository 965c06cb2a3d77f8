import Type from 'typebox';

/** UUIDv7 as text: sortable by creation time. */
export const Id = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' });

/** Chosen by the operator, unique in its organization. It is a level of MQTT topics, so no `/`, `+`, `#`. */
export const DeviceId = Type.String({ pattern: '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}$' });

/** Name of an organization or a place in addresses and MQTT user names. */
export const Slug = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$' });

/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = Type.String({ format: 'date-time' });

/** RFC 3339 with any offset, as people and scripts type it. */
export const TimestampInput = Type.String({ format: 'date-time', maxLength: 40 });

export const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' });

export const Username = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\s/:]+$' });
/** As people call somebody; empty: the user name is all there is. */
export const PersonName = Type.String({ maxLength: 120 });
export const Email = Type.String({ format: 'email', maxLength: 254 });
/** What a password must be is said by the server, in words. */
export const NewPassword = Type.String({ minLength: 1, maxLength: 1024 });

/** Languages that Muster writes to people in. */
export const Language = Type.Union([Type.Literal('en'), Type.Literal('pl')]);
export type Language = Type.Static<typeof Language>;

/** What a link in a mail carries behind its `#`. */
export const LinkToken = Type.String({ minLength: 1, maxLength: 100 });

/** Free attributes of a place or a device: small, flat, searchable. */
export const Attributes = Type.Record(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$' }),
  Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()]),
  { maxProperties: 100, additionalProperties: false },
);

export const Labels = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 50, uniqueItems: true });

/** A file as its bytes: UTF-8, RFC 4180, at most `CSV_BYTES`. */
export const CSV_BYTES = 8 * 1024 * 1024;
export const CSV_TYPE = 'text/csv';
export const Csv = (description: string) =>
  Type.Unsafe<Uint8Array>({ type: 'string', contentMediaType: CSV_TYPE, description });

/** `additionalProperties: false` everywhere: an unknown field is a mistake, not a wish. */
export const Strict = <T extends Type.TProperties>(properties: T, options: Type.TObjectOptions = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Paging of every list: `?limit=&cursor=`. A cursor is opaque. */
export const Paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
};

export const Page = <T extends Type.TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) });

/**
 * What is wrong with a field, for programs: words change and are English, codes stay. A fault without one is told by its message.
 * `password-short`, `too-short`, `too-few` and `too-small` have the parameter `least`; `password-long`, `too-long`, `too-many` and
 * `too-large` have `most`: in characters, entries, or as the number itself. `place-full` and `place-deep` have `most`: devices, and
 * levels of the tree. `row-short` and `row-long` have `most`: the columns of the header.
 */
export const faultCodes = [
  'missing',
  'unknown-field',
  'too-short',
  'too-long',
  'too-few',
  'too-many',
  'too-small',
  'too-large',
  'wrong-form',
  'last-owner',
  'unknown-command',
  'password-short',
  'password-long',
  'password-kinds',
  'password-repeats',
  'password-name',
  'password-common',
  'password-same',
  'password-wrong',
  'code-needed',
  'code-wrong',
  'link-dead',
  'invitation-over',
  'place-unknown',
  'place-circle',
  'place-deep',
  'place-full',
  'kind-unknown',
  'kind-not-here',
  'role-not-here',
  'timezone-unknown',
  'outside',
  'taken',
  'type-unknown',
  'type-fixed',
  'row-twice',
  'row-short',
  'row-long',
  'column-unknown',
  'column-twice',
  'not-one',
  'csv-broken',
  'encoding-wrong',
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** What a new password must be. */
export const PasswordRule = Type.Object({
  /** The fewest characters. */
  least: Type.Integer(),
  /** Small and large letters, digits and signs, each at least once. */
  classes: Type.Boolean(),
});
export type PasswordRule = Type.Static<typeof PasswordRule>;

/** RFC 9457, with the request's id and the faults of the input. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.String(),
  requestId: Type.String(),
  errors: Type.Array(
    Type.Object({
      path: Type.String(),
      message: Type.String(),
      code: Type.Optional(
        Type.String({ description: `For programs, where there is one; more may follow: ${faultCodes.join(', ')}` }),
      ),
      params: Type.Optional(
        Type.Record(Type.String(), Type.Number(), { description: 'Figures of the rule that was broken' }),
      ),
    }),
  ),
});
export type Problem = Type.Static<typeof Problem>;
