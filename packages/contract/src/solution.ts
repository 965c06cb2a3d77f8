import Type from 'typebox';
import type { Permission, PermissionDefinition } from './permissions.ts';
import type { BuiltInRole } from './roles.ts';
import { Nullable } from './schema.ts';
import type { Text } from './text.ts';

/** ISA-18.2 limits. Normal is inclusive: `low <= value <= high`. */
export interface Limits {
  lowLow?: number;
  low?: number;
  high?: number;
  highHigh?: number;
}

/** What a device type measures under one name. */
export interface MetricDefinition {
  title: Text;
  kind: 'number' | 'boolean' | 'string';
  /** UCUM-like unit as people read it: `bar`, `mbar`, `%`, `dBm`, `s`. */
  unit?: string;
  /** Measuring range; outside of it the sensor is at fault and the value is stored with quality `bad`. */
  range?: readonly [low: number, high: number];
  limits?: Limits;
  /** Digits after the decimal point on screen. */
  decimals?: number;
}

export interface EventDefinition {
  title: Text;
  /** JSON Schema of `data`. */
  data?: Type.TSchema;
}

/** Notes of a command in the schema of its parameters. */
export interface CommandSchema extends Type.TSchema {
  type?: string;
  properties?: object;
  title?: string;
  titles?: Text;
  /** Needed beside `command:send`, for the same device. */
  permission?: Permission;
  /** A second person must say yes. */
  approval?: boolean;
  /** Who sends it must have signed in within the last 15 minutes. */
  stepUp?: boolean;
  /** How long the device has to take it, where nobody says otherwise, ms. */
  timeoutMs?: number;
}

/** A device type is data: checks, charts, forms, simulators and documentation come from this one literal. */
export interface DeviceType {
  /** `solution.kebab-name`, `linux` or `generic`. */
  id: string;
  title: Text;
  /** Metrics by name. With `open: true` a device may send others too. */
  metrics: Readonly<Record<string, MetricDefinition>>;
  /** Takes metric names as they come, `maximumMetrics` at most. */
  open?: true;
  maximumMetrics?: number;
  /** Usual time between two messages in ms: three times as much and a value is stale. */
  intervalMs: number;
  events: Readonly<Record<string, EventDefinition>>;
  /** JSON Schema of each command's parameters, with what else is said of the command. */
  commands: Readonly<Record<string, CommandSchema>>;
  configuration: Type.TSchema;
}

/** Ties a device type to what only it has; keeps the literal's types. */
export const defineDeviceType = <const T extends DeviceType>(type: T): T => type;

/** How many devices of a kind stand in one place; those of the places below it do not count. */
export interface PlaceDeviceRule {
  /** What they are called, several of them: `Imagers`. */
  title: Text;
  /** A device type, or all of a solution: `screening.*`. */
  type: string;
  /** Only those in this role count; absent: all of the type. */
  role?: string;
  /** More are refused. */
  most?: number;
  /** With fewer the place is incomplete. */
  least?: number;
  /** Roles that such a device may have here; others are refused. One without a role has not been given its role yet, and is taken. */
  roles?: readonly string[];
}

/** A kind of place that a solution brings: `site`, `room`, `station`… */
export interface PlaceKind {
  id: string;
  title: Text;
  /** Kinds of place that it may stand in, null for the top; absent: anywhere. */
  standsIn?: readonly (string | null)[];
  devices?: readonly PlaceDeviceRule[];
}

/** Is a device type meant by a rule's `type`? */
export const isOfType = (pattern: string, type: string): boolean =>
  pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

/** May a place of this kind stand in one of that kind (null: at the top)? A kind that is not known stands anywhere. */
export const mayStandIn = (kind: PlaceKind | undefined, parentKind: string | null): boolean =>
  kind?.standsIn?.includes(parentKind) ?? true;

/** Levels of a place tree, the top being the first. */
export const PLACE_LEVELS = 16;

/** What a solution is, as data. Its `server`, `sim` and `web` rooms hang on this. */
export interface Solution {
  id: string;
  title: Text;
  deviceTypes: readonly DeviceType[];
  placeKinds: readonly PlaceKind[];
  /** What may be done in this solution beyond the core's permissions. */
  permissions?: Readonly<Record<Permission, PermissionDefinition>>;
  /** Ready-made roles that people of this trade expect. */
  roles?: readonly BuiltInRole[];
}

export const defineSolution = <const S extends Solution>(solution: S): S => solution;

/** Metrics one device may have when its type takes names as they come. */
export const MAXIMUM_OPEN_METRICS = 200;

/** Any metric as it comes: a newcomer needs no code. */
export const genericDeviceType = defineDeviceType({
  id: 'generic',
  title: { en: 'Generic device', pl: 'Urządzenie ogólne' },
  metrics: {},
  open: true,
  maximumMetrics: MAXIMUM_OPEN_METRICS,
  intervalMs: 20_000,
  events: {},
  commands: {},
  configuration: Type.Object({}),
});

/** Kinds of place that need no solution. */
export const corePlaceKinds: readonly PlaceKind[] = [
  { id: 'site', title: { en: 'Site', pl: 'Obiekt' } },
  { id: 'building', title: { en: 'Building', pl: 'Budynek' } },
  { id: 'hall', title: { en: 'Hall', pl: 'Hala' } },
  { id: 'room', title: { en: 'Room', pl: 'Pomieszczenie' } },
];

const TextSchema = Type.Record(Type.String(), Type.String());

/** A device type as `GET /device-types` answers it. */
export const DeviceTypeView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  titles: TextSchema,
  solution: Nullable(Type.String()),
  open: Type.Boolean(),
  intervalMs: Type.Integer(),
  metrics: Type.Record(
    Type.String(),
    Type.Object({
      title: Type.String(),
      titles: TextSchema,
      kind: Type.Union([Type.Literal('number'), Type.Literal('boolean'), Type.Literal('string')]),
      unit: Nullable(Type.String()),
      range: Nullable(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
      limits: Nullable(
        Type.Object({
          lowLow: Type.Optional(Type.Number()),
          low: Type.Optional(Type.Number()),
          high: Type.Optional(Type.Number()),
          highHigh: Type.Optional(Type.Number()),
        }),
      ),
      decimals: Nullable(Type.Integer()),
    }),
  ),
  events: Type.Record(Type.String(), Type.Object({ title: Type.String(), titles: TextSchema })),
  commands: Type.Record(Type.String(), Type.Unknown()),
  configuration: Type.Unknown(),
});
export type DeviceTypeView = Type.Static<typeof DeviceTypeView>;
