import type { ResponsePath } from '../execution-state.js';

/**
 * Where in a response a writer writes. Keys and the nesting of lists are known when the projection is
 * compiled; only the list indices are not, and the writers keep those in `ProjectionState.indices`. So no path
 * is built while all goes well.
 */
export class Position {
  private constructor(
    private readonly parent: Position | null,
    private readonly key: string | null,
    /** How many lists are above. */
    readonly listDepth: number,
  ) {}

  static readonly root = new Position(null, null, 0);

  field(responseKey: string): Position {
    return new Position(this, responseKey, this.listDepth);
  }

  item(): Position {
    return new Position(this, null, this.listDepth + 1);
  }

  /** The concrete path, given the current index of each list above. */
  path(indices: readonly number[]): ResponsePath {
    const path: (string | number)[] = [];
    for (let at: Position = this; at.parent !== null; at = at.parent) {
      path.push(at.key ?? (indices[at.listDepth - 1] as number));
    }
    return path.reverse();
  }
}
