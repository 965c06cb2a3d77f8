const below: Readonly<Record<string, string>> = { site: 'hall', building: 'hall' };

/** The kind that usually stands inside a place of another kind; `null`: at the top. */
export const kindBelow = (parentKind: string | null): string =>
  parentKind === null ? 'site' : (below[parentKind] ?? 'room');
