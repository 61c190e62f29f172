import type { Page } from './page.js';

/** A column of the list's order. The last one must make the order unique. */
export interface KeyColumn {
  /** SQL expression: `customer.name`. */
  readonly sql: string;
  readonly type: 'text' | 'bigint';
}

/** The parts of a statement that reads one page. */
export interface KeysetClauses {
  /** A condition; `true` for the first page. */
  readonly where: string;
  /** `order by ...` */
  readonly orderBy: string;
  /** `orderBy` and `limit ...` */
  readonly tail: string;
  readonly params: readonly string[];
}

/**
 * SQL of a keyset page: rows behind the cursor, in the list's order or against it, one more than the page so
 * that it is known whether there are others. Stays right and fast however many rows come before.
 * @param firstParam  number of the first free parameter: 3 for `$3`
 */
export function keysetClauses(
  page: Page,
  columns: readonly KeyColumn[],
  order: 'asc' | 'desc',
  firstParam: number,
): KeysetClauses {
  const ascending = (order === 'asc') === (page.direction === 'forward');
  const direction = ascending ? 'asc' : 'desc';
  const orderBy = `order by ${columns.map(({ sql }) => `${sql} ${direction}`).join(', ')}`;
  const tail = `${orderBy} limit ${page.size + 1}`;
  if (page.cursor === null) return { where: 'true', orderBy, tail, params: [] };
  const left = columns.map(({ sql }) => sql).join(', ');
  const right = columns.map(({ type }, index) => `$${firstParam + index}::${type}`).join(', ');
  return { where: `(${left}) ${ascending ? '>' : '<'} (${right})`, orderBy, tail, params: page.cursor };
}
