import DataLoader from 'dataloader';
import { groupRows } from './group-rows.js';

/**
 * A DataLoader for lists that are short enough to be read whole: the rows of all parents that one call into the
 * plugin asks for are read with one statement. A parent without rows gives an empty list.
 */
export function groupLoader<Row>(
  load: (parentKeys: readonly string[]) => Promise<readonly Row[]>,
  parentOf: (row: Row) => string,
): DataLoader<string, readonly Row[]> {
  return new DataLoader(async (parentKeys) => {
    const groups = groupRows(await load(parentKeys), parentOf);
    return parentKeys.map((key) => groups.get(key) ?? []);
  });
}
