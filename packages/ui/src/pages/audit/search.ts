/** View state of the Audit page as its address holds it. */
export interface AuditSearch {
  /** Anywhere in an entry. */
  q?: string | undefined;
  /** How the action begins, up to the point: `device`. */
  area?: string | undefined;
  result?: 'done' | 'refused' | undefined;
  /** Id of whoever acted. */
  actor?: string | undefined;
  object?: string | undefined;
  /** Days on the viewer's clock, `2026-11-21`, both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** The entry that is open. */
  seq?: string | undefined;
}

export type ChangeAuditSearch = (next: Partial<AuditSearch>) => void;

/** Beginnings of actions that one can limit the list to. */
export const areas = [
  'auth',
  'access',
  'user',
  'invitation',
  'role',
  'api_key',
  'identity_provider',
  'organization',
  'place',
  'device',
  'enrollment_token',
  'audit',
  'setup',
] as const;

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

const text = (value: unknown, longest: number): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length <= longest ? value : undefined;

const day = (value: unknown): string | undefined => {
  const found = text(value, 10);
  return found !== undefined && DAY.test(found) && !Number.isNaN(Date.parse(found)) ? found : undefined;
};

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parseAuditSearch = (raw: Record<string, unknown>): AuditSearch => {
  const found: AuditSearch = {
    q: text(raw.q, 120),
    area: areas.find((area) => area === raw.area),
    result: (['done', 'refused'] as const).find((result) => result === raw.result),
    actor: text(raw.actor, 120),
    object: text(raw.object, 200),
    from: day(raw.from),
    to: day(raw.to),
    seq: /^-?\d{1,15}$/.test(String(raw.seq ?? '')) ? String(raw.seq) : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};
