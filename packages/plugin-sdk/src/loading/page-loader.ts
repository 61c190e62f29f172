import DataLoader from 'dataloader';
import { type Connection, toConnection } from '../pagination/connection.js';
import type { KeyColumn } from '../pagination/keyset.js';
import { type Page, type PageArguments, type PageLimits, parsePage } from '../pagination/page.js';
import { groupRows } from './group-rows.js';

/** A connection field of many parents: the list behind `customers { nodes { notes(first: 3) } }`. */
export interface PagedList<Row> {
  /** Order of the list. */
  readonly columns: readonly KeyColumn[];
  /** Reads the same page of each parent's list with one statement; see `keysetClauses`, and `lateral` in SQL. */
  readonly load: (parentKeys: readonly string[], page: Page) => Promise<readonly Row[]>;
  readonly parentOf: (row: Row) => string;
  /** A row's values for `columns`. */
  readonly keyOf: (row: Row) => readonly (string | number | bigint)[];
  readonly limits?: PageLimits;
}

/**
 * Loads pages of the lists of many parents without a statement for each: parents that are asked for the same
 * page are read together. Make one per request, with `context.scoped`.
 * @returns a function that rejects with BAD_USER_INPUT for page arguments that are not allowed
 */
export function pageLoader<Row>({
  columns,
  load,
  parentOf,
  keyOf,
  limits,
}: PagedList<Row>): (parentKey: string, args: PageArguments) => Promise<Connection<Row>> {
  const byPage = new Map<string, DataLoader<string, Connection<Row>>>();
  const loaderFor = (page: Page) =>
    new DataLoader<string, Connection<Row>>(async (parentKeys) => {
      const groups = groupRows(await load(parentKeys, page), parentOf);
      return parentKeys.map((key) => toConnection(groups.get(key) ?? [], page, keyOf));
    });
  return async (parentKey, args) => {
    const page = parsePage(args, columns, limits);
    const name = JSON.stringify(page);
    const loader = byPage.get(name) ?? loaderFor(page);
    byPage.set(name, loader);
    return loader.load(parentKey);
  };
}
