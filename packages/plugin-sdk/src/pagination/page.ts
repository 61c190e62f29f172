import { DeskgraphError } from '../deskgraph-error.js';
import { decodeCursor } from './cursor.js';
import type { KeyColumn } from './keyset.js';

/** Arguments of a Relay connection field (https://relay.dev/graphql/connections.htm). */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** Page sizes of a field. */
export interface PageLimits {
  /** When the client names none; default 20. */
  readonly defaultSize?: number;
  /** Default 100. */
  readonly maxSize?: number;
}

/** A checked request for one page. */
export interface Page {
  readonly size: number;
  readonly direction: 'forward' | 'backward';
  /** Key values of the row to start behind; null at the end of the list. */
  readonly cursor: readonly string[] | null;
}

/**
 * Checks the arguments of a connection field.
 * @throws DeskgraphError BAD_USER_INPUT: a size out of bounds, both directions at once, or a cursor that is not
 *   one of this list or not of this direction
 */
export function parsePage(
  args: PageArguments,
  columns: readonly KeyColumn[],
  { defaultSize = 20, maxSize = 100 }: PageLimits = {},
): Page {
  const backward = args.last !== undefined && args.last !== null;
  if (backward && args.first !== undefined && args.first !== null) {
    throw new DeskgraphError('BAD_USER_INPUT', 'Ask with "first" or with "last", not with both.');
  }
  const name = backward ? 'last' : 'first';
  const size = (backward ? args.last : args.first) ?? defaultSize;
  if (size < 1 || size > maxSize) {
    throw new DeskgraphError('BAD_USER_INPUT', `"${name}" must be from 1 to ${maxSize}, found ${size}.`);
  }
  const [cursorName, otherName] = backward ? (['before', 'after'] as const) : (['after', 'before'] as const);
  const other = args[otherName];
  if (other !== undefined && other !== null) {
    throw new DeskgraphError(
      'BAD_USER_INPUT',
      `"${otherName}" does not go with "${name}"; use "${cursorName}".`,
    );
  }
  const cursor = args[cursorName];
  return {
    size,
    direction: backward ? 'backward' : 'forward',
    cursor: cursor === undefined || cursor === null ? null : decodeCursor(cursor, columns),
  };
}
