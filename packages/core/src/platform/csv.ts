/** RFC 4180, and safe to open in a spreadsheet: a text that would be read as a formula gets an apostrophe (OWASP CSV injection), and so does one that has an apostrophe before such a text already. */
export function csvText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A cell of a file that `csvText` wrote, as it was before. */
export const plainText = (cell: string): string => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell);

/** = + - @ TAB CR NUL, and the wide forms of the first four. */
const formula = /^'*[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]/;
