const below: Readonly<Record<string, string>> = {
  site: 'hall',
  building: 'hall',
  hotel: 'floor',
  floor: 'guest-room',
  checkpoint: 'station',
  workshop: 'hall',
  laboratory: 'rig',
};

/**
 * The kind that usually stands inside a place of another kind; `null`: at the top.
 * @param allowed kinds that may stand there; the first of them when the usual one may not
 */
export const kindBelow = (parentKind: string | null, allowed: readonly string[]): string => {
  const usual = parentKind === null ? 'site' : (below[parentKind] ?? 'room');
  return allowed.includes(usual) ? usual : (allowed[0] ?? usual);
};
