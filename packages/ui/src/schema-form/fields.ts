/** What a form needs to know of a JSON Schema's property. Schemas are data: what is not understood here is written as JSON. */
export interface Field {
  name: string;
  label: string;
  kind: 'number' | 'text' | 'boolean' | 'choice' | 'json';
  required: boolean;
  unit?: string;
  least?: number;
  most?: number;
  isInteger?: boolean;
  choices?: readonly string[];
  initial?: unknown;
  hint?: string;
}

interface Property {
  type?: unknown;
  title?: unknown;
  titles?: Record<string, unknown>;
  description?: unknown;
  unit?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  enum?: unknown;
  default?: unknown;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The title of a schema in the viewer's language. */
export const titleOfSchema = (schema: unknown, language: string): string | undefined => {
  const { title, titles } = (schema ?? {}) as Property;
  return text(titles?.[language]) ?? text(title);
};

/** The fields of an object's schema, in its order. */
export const fieldsOf = (schema: unknown, language: string): Field[] => {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, Property>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const unit = text(property.unit);
    const hint = text(property.description);
    return {
      name,
      label: titleOfSchema(property, language) ?? name,
      required: required.includes(name),
      ...(unit === undefined ? {} : { unit }),
      ...(hint === undefined ? {} : { hint }),
      ...(property.default === undefined ? {} : { initial: property.default }),
      ...kindOf(property),
    };
  });
};

function kindOf({ type, enum: choices, minimum, maximum }: Property): Pick<Field, 'kind'> & Partial<Field> {
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string'))
    return { kind: 'choice', choices };
  if (type === 'boolean') return { kind: 'boolean' };
  if (type === 'string') return { kind: 'text' };
  if (type !== 'number' && type !== 'integer') return { kind: 'json' };
  const [least, most] = [number(minimum), number(maximum)];
  return {
    kind: 'number',
    isInteger: type === 'integer',
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
  };
}

/** What the form shows, by field: text as it is typed, or a choice of yes and no. */
export type Draft = Readonly<Record<string, string | boolean>>;

/** What stands in the form at first. */
export const draftOf = (fields: readonly Field[]): Draft =>
  Object.fromEntries(
    fields.map(({ name, kind, initial }) => {
      if (kind === 'boolean') return [name, initial === true];
      if (initial === undefined) return [name, ''];
      return [name, kind === 'json' ? JSON.stringify(initial) : String(initial)];
    }),
  );

/**
 * The values that the form means; what was left empty is left out.
 * @returns `wrong`: fields that can not be read. Whether values fit the schema the server says.
 */
export const valuesOf = (
  fields: readonly Field[],
  draft: Draft,
): { values: Record<string, unknown>; wrong: readonly string[] } => {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const { name, kind } of fields) {
    const typed = draft[name];
    if (typeof typed === 'boolean') {
      values[name] = typed;
      continue;
    }
    const written = typed?.trim() ?? '';
    if (written === '') continue;
    if (kind === 'number') {
      const value = Number(written.replace(',', '.'));
      if (Number.isFinite(value)) values[name] = value;
      else wrong.push(name);
    } else if (kind === 'json') {
      try {
        values[name] = JSON.parse(written);
      } catch {
        wrong.push(name);
      }
    } else values[name] = typed;
  }
  return { values, wrong };
};
