/** Labels in one cell: `;` between them, and `\` before a `;` or a `\` that belongs to one. */
export const joinLabels = (labels: readonly string[]): string =>
  labels.map((label) => label.replace(/[\\;]/g, '\\$&')).join(';');

export const splitLabels = (cell: string): string[] =>
  (cell.match(/(?:\\.|[^\\;]|\\$)+/gs) ?? [])
    .map((label) => label.trim().replace(/\\([\\;])/g, '$1'))
    .filter((label) => label !== '');
