import { encodeCursor } from './cursor.js';
import type { Page } from './page.js';

/** A page as Relay's connection types want it, `nodes` added for those who need no cursors. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * Makes a connection of what a keyset statement read.
 * @param rows  up to one more than the page, in the order the statement gave them
 * @param keyOf  a row's values for the list's key columns
 */
export function toConnection<Node>(
  rows: readonly Node[],
  page: Page,
  keyOf: (row: Node) => readonly (string | number | bigint)[],
): Connection<Node> {
  const more = rows.length > page.size;
  const kept = rows.slice(0, page.size);
  if (page.direction === 'backward') kept.reverse();
  const edges = kept.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  const forward = page.direction === 'forward';
  return {
    edges,
    nodes: kept,
    pageInfo: {
      hasNextPage: forward ? more : page.cursor !== null,
      hasPreviousPage: forward ? page.cursor !== null : more,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
