/** As many names and characters as one request for values takes. */
const MOST_NAMES = 50;
const LONGEST_LIST = 3500;

/** Puts names into comma-separated lists, each short enough for one request. */
export const batchesOf = (names: readonly string[]): string[] => {
  const batches: { list: string; names: number }[] = [];
  for (const name of names) {
    const last = batches.at(-1);
    if (last && last.names < MOST_NAMES && last.list.length + name.length < LONGEST_LIST) {
      last.list += `,${name}`;
      last.names++;
    } else batches.push({ list: name, names: 1 });
  }
  return batches.map((batch) => batch.list);
};
