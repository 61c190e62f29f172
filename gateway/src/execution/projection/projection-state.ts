import type { ClientError } from '../executable-operation.js';
import type { ResponsePath } from '../execution-state.js';
import type { Position } from './position.js';
import type { Writer } from './writers.js';

/** What writers share while one response is written. */
export class ProjectionState {
  /** Current index of each list around the writer, by nesting depth. */
  readonly indices: number[] = [];
  readonly #texts = new Map<object, { readonly write: Writer; readonly text: string }>();
  #violation: ClientError | null = null;

  constructor(
    private readonly errors: ClientError[],
    private readonly shared: ReadonlySet<object>,
  ) {}

  isShared(value: object): boolean {
    return this.shared.has(value);
  }

  /**
   * The text of a value that stands at several places: written at the first, taken over at the others. One that
   * has errors is written at each place, since each has a path of its own.
   */
  once(value: object, write: Writer): string | undefined {
    const known = this.#texts.get(value);
    if (known?.write === write) return known.text;
    const errorsBefore = this.errors.length;
    const text = write(value, this);
    if (text !== undefined && this.errors.length === errorsBefore) this.#texts.set(value, { write, text });
    return text;
  }

  /** A value that does not fit the schema: always an error of its own. */
  wrongShape(position: Position, coordinate: string, expected: string, found: unknown): void {
    this.errors.push({
      message: `${coordinate}: expected ${expected}, the subgraph sent ${describe(found)}.`,
      path: position.path(this.indices),
      extensions: { code: 'SUBGRAPH_WRONG_SHAPE' },
    });
  }

  /** A null where none may be. Whether it is news is decided where the null ends up. */
  nullViolation(position: Position, coordinate: string): void {
    this.#violation = {
      message: `Cannot return null for non-nullable field ${coordinate}.`,
      path: position.path(this.indices),
      extensions: { code: 'SUBGRAPH_WRONG_SHAPE' },
    };
  }

  /**
   * A null came to rest at this position. The violation that caused it is reported unless a known error
   * explains it already: one below the null, or one above the violation.
   */
  nulled(position: Position): void {
    const violation = this.#violation;
    this.#violation = null;
    if (violation === null) return;
    const boundary = position.path(this.indices);
    const source = violation.path ?? [];
    const explained = this.errors.some(
      ({ path }) => path === undefined || startsWith(path, boundary) || startsWith(source, path),
    );
    if (!explained) this.errors.push(violation);
  }
}

function startsWith(path: ResponsePath, prefix: ResponsePath): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => path[index] === key);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${typeof value} ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`;
}
