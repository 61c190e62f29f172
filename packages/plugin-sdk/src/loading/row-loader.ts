import DataLoader from 'dataloader';

/**
 * A DataLoader for rows that have one key each: all keys that one call into the plugin asks for are read with
 * one statement. A key without a row gives null.
 */
export function rowLoader<Row>(
  load: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await load(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}
