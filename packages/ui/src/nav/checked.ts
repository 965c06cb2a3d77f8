/**
 * Reads an address by `parse` and lets nothing else through: the router lays what a parser answers over the address as it came,
 * so what the parser left out would still be there, unchecked.
 * @param inherited what the routes above have checked already
 */
export const checked =
  <Search extends object>(parse: (raw: Record<string, unknown>) => Search, inherited: readonly string[] = []) =>
  (raw: Record<string, unknown>): Search => {
    const unchecked = Object.keys(raw).filter((name) => !inherited.includes(name));
    return { ...Object.fromEntries(unchecked.map((name) => [name, undefined])), ...parse(raw) };
  };
