import type { HotOperation, OperationStore } from '../operations/operation-store.js';
import type { SubgraphTransport } from '../subgraphs/transport.js';
import type { Generation, OperationSource, Preparation } from './generation.js';
import type { Supergraph } from './supergraph.js';

/** A generation in service: counts who is inside, and ends once it is retired and the last has left. */
export class ServingGeneration implements Generation {
  #inside = 0;
  #retired = false;
  #ended: Promise<void> | null = null;

  constructor(
    readonly number: number,
    readonly supergraph: Supergraph,
    readonly transports: ReadonlyMap<string, SubgraphTransport>,
    private readonly operations: OperationStore,
    private readonly release: () => Promise<void>,
  ) {}

  prepare(source: OperationSource, authorizationClass: string): Promise<Preparation> {
    return this.operations.prepare(source, authorizationClass);
  }

  hottest(count: number): HotOperation[] {
    return this.operations.hottest(count);
  }

  warm(operations: readonly HotOperation[]): Promise<void> {
    return this.operations.warm(operations);
  }

  enter(): Disposable {
    this.#inside++;
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        this.#inside--;
        if (this.#retired && this.#inside === 0) void this.end();
      },
    };
  }

  /** Takes no new requests by itself; ends when the last has left. */
  retire(): void {
    this.#retired = true;
    if (this.#inside === 0) void this.end();
  }

  /** Ends at once, whoever is inside. Idempotent. */
  end(): Promise<void> {
    this.#ended ??= this.release();
    return this.#ended;
  }
}
