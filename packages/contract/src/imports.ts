import Type from 'typebox';
import { route } from './route.ts';
import { CSV_BYTES, Csv, Nullable, Strict } from './schema.ts';

/** Rows of a file, its header not counted. */
export const IMPORT_ROWS = 20_000;
/** Problems that are listed; all of them are counted. */
export const IMPORT_PROBLEMS = 1000;

/** In the order of the export; what each says stands at the route that takes them. */
export const placeColumns = [
  'id',
  'path',
  'name',
  'kind',
  'address',
  'timezone',
  'labels',
  'capacity',
  'attributes',
] as const;

export const deviceColumns = [
  'deviceId',
  'name',
  'type',
  'place',
  'role',
  'serialNumber',
  'firmwareVersion',
  'ipAddress',
  'macAddress',
  'labels',
  'attributes',
  'status',
  'lastSeenAt',
] as const;

const Counts = { created: Type.Integer(), changed: Type.Integer(), left: Type.Integer() };

export const ImportProblem = Type.Object({
  /** As a spreadsheet counts: the header is row 1. */
  row: Type.Integer(),
  column: Nullable(Type.String()),
  code: Type.String(),
  message: Type.String(),
  params: Type.Optional(Type.Record(Type.String(), Type.Number())),
});
export type ImportProblem = Type.Static<typeof ImportProblem>;

export const ImportReport = Type.Object({
  dryRun: Type.Boolean(),
  rows: Type.Integer(),
  ...Counts,
  /** All that there are; with one, nothing is changed. */
  problemCount: Type.Integer(),
  problems: Type.Array(ImportProblem),
  /** What becomes of the rows, as far as they can be read: the first 1,000 that are not left as they are. */
  changes: Type.Array(
    Type.Object({
      row: Type.Integer(),
      what: Type.Union([Type.Literal('create'), Type.Literal('change')]),
      name: Type.String(),
      /** Columns that differ. */
      columns: Type.Array(Type.String()),
    }),
  ),
});
export type ImportReport = Type.Static<typeof ImportReport>;

const format =
  'UTF-8 with or without a byte order mark, RFC 4180, `,` or `;` between cells, a header, at most 20,000 rows and 8 MiB. A column that is not ' +
  'there leaves what it is about as it is; an empty cell takes it away. `labels` are separated by `;`, of which one inside a label is written ' +
  '`\\;`; `attributes` is a JSON object. An apostrophe before `=`, `+`, `-` or `@`, which exports write, is taken off.';

const placeFile =
  `Columns ${placeColumns.join(', ')}. \`path\` is needed: where the place stands and its slug, as warsaw/terminal-1/station-3, from the top or ` +
  'from the uppermost place that the caller sees. `id` names a place that is there already: so it is moved, or gets another slug. A new place ' +
  `needs a name and a kind. ${format}`;

const deviceFile =
  `Columns ${deviceColumns.join(', ')}. \`deviceId\` is needed, and \`type\` of a new device. \`place\` is the path of a place, empty: none. ` +
  `\`status\` and \`lastSeenAt\` are not looked at. ${format}`;

const query = Strict({
  /** Only say what it would do. */
  dryRun: Type.Optional(Type.Boolean({ default: false })),
});

export const importRoutes = {
  places: route({
    method: 'POST',
    path: '/imports/places',
    summary: 'Create and change places by a CSV file: all of it, or nothing',
    tag: 'Fleet',
    access: { permission: 'place:write' },
    query,
    body: Csv(placeFile),
    bodyLimit: CSV_BYTES,
    response: ImportReport,
  }),
  devices: route({
    method: 'POST',
    path: '/imports/devices',
    summary: 'Create and change devices by a CSV file: all of it, or nothing',
    tag: 'Fleet',
    access: { permission: 'device:write' },
    query,
    body: Csv(deviceFile),
    bodyLimit: CSV_BYTES,
    response: ImportReport,
  }),
} as const;
