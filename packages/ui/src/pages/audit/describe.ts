import type { AuditEntry } from '@muster/contract/audit';

/** A field that a change touched; undefined: it was not there. */
export interface Change {
  name: string;
  before: string | undefined;
  after: string | undefined;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every leaf with the way to it: `retention.rawDays`. */
const flat = (value: unknown, path = ''): Map<string, string> => {
  if (!isFields(value)) return value === undefined ? new Map() : new Map([[path, textOf(value)]]);
  return new Map(Object.entries(value).flatMap(([name, item]) => [...flat(item, path ? `${path}.${name}` : name)]));
};

/** What an entry says besides who, what and when: as a comparison where it has a before or an after. */
export const changesOf = (details: unknown): { compares: boolean; changes: Change[] } => {
  if (!isFields(details)) return { compares: false, changes: [] };
  const compares = isFields(details.before) || isFields(details.after);
  if (!compares)
    return {
      compares,
      changes: [...flat(details)].map(([name, after]) => ({ name, before: undefined, after })),
    };
  const before = flat(details.before);
  const after = flat(details.after);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.map((name) => ({ name, before: before.get(name), after: after.get(name) }));
  return { compares, changes: changes.filter((change) => change.before !== change.after) };
};

/** The action as people know it: who enables somebody changes nothing else of him. */
export const actionOf = ({ action, details }: AuditEntry): string => {
  if (action !== 'user.updated' || !isFields(details)) return action;
  const { before, after } = details;
  if (!isFields(before) || !isFields(after) || before.status === after.status) return action;
  return after.status === 'disabled' ? 'user.disabled' : 'user.enabled';
};

/** Names of people by their ids, as far as the entries at hand tell. */
export const namesOf = (entries: readonly AuditEntry[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const entry of entries) {
    if (entry.actor.kind === 'user' && entry.actor.name !== '') names.set(entry.actor.id, entry.actor.name);
    const { kind, name } = objectOf(entry);
    const id = entry.object.replace(/^user:/, '');
    if (kind === 'user' && name !== id) names.set(id, name);
  }
  return names;
};

/** What an entry is about: its kind and the name that people know it by, as far as the entry tells. */
export const objectOf = ({ object, details, actor }: AuditEntry): { kind: string | null; name: string } => {
  const match = /^([a-z-]+):(.+)$/.exec(object);
  if (!match) return { kind: null, name: object };
  const [, kind = '', id = ''] = match;
  if (kind === 'user' && id === actor.id && actor.name !== '') return { kind, name: actor.name };
  for (const part of isFields(details) ? [details.after, details.before, details] : []) {
    if (!isFields(part)) continue;
    for (const name of [part.name, part.username, part.slug, part.email])
      if (typeof name === 'string' && name !== '') return { kind, name };
  }
  return { kind, name: id };
};
