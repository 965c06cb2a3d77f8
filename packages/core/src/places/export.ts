import { placeColumns } from '@muster/contract/imports';
import type { Context } from '../platform/context.ts';
import { csvText } from '../platform/csv.ts';
import { joinLabels } from '../platform/csv-labels.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';
import { pathOf, readTree, walk } from './sorted-tree.ts';

/** All places that the caller sees, parents before children. */
export const exportPlaces = (db: Db, ctx: Context): Promise<string> =>
  reading(db, ctx, 'place:read', async (inside) => {
    const { roots } = await readTree(inside);
    let text = `${placeColumns.join(',')}\r\n`;
    for (const node of walk(roots)) {
      const { id, name, kind, address, timezone, labels, capacity, attributes } = node.row;
      const cells: Record<(typeof placeColumns)[number], string> = {
        id,
        path: pathOf(node),
        name,
        kind,
        address: address ?? '',
        timezone: timezone ?? '',
        labels: joinLabels(labels),
        capacity: capacity === null ? '' : String(capacity),
        attributes: Object.keys(attributes as object).length === 0 ? '' : JSON.stringify(attributes),
      };
      text += `${placeColumns.map((column) => csvText(cells[column])).join(',')}\r\n`;
    }
    return text;
  });
