import type { ClientError } from '../execution/executable-operation.js';
import type { PreparedOperation } from '../operations/prepared-operation.js';
import type { SubgraphTransport } from '../subgraphs/transport.js';
import type { Supergraph } from './supergraph.js';

/** What a client names an operation by. */
export interface OperationSource {
  readonly query: string;
  readonly operationName: string | null;
  /** As the client sent them; what `@skip` and `@include` depend on decides which plan is prepared. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The prepared operation, or why there is none (code and location each). */
export type Preparation =
  | { readonly kind: 'prepared'; readonly operation: PreparedOperation }
  | { readonly kind: 'refused'; readonly errors: readonly ClientError[] };

/**
 * One supergraph in service: with its planner, transports and prepared operations. A request enters the
 * current generation and stays in it to its end; a retired generation is disposed when the last has left.
 */
export interface Generation {
  /** 1, 2, 3... */
  readonly number: number;
  readonly supergraph: Supergraph;
  /** By subgraph name. */
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  /**
   * Parses, validates, plans and compiles, or finds it in the cache (LRU, single-flight).
   * @param authorizationClass  part of the cache key: callers that may see the same fields share it
   */
  prepare(source: OperationSource, authorizationClass: string): Promise<Preparation>;
  /** Keeps the generation alive until the result is disposed. Idempotent disposal. */
  enter(): Disposable;
}

/** Holds the current generation and swaps it without failing a request. */
export interface Generations extends AsyncDisposable {
  readonly current: Generation;
  /** Called after a swap, with the generation that is now current. Returns how to stop it. */
  onSwap(listener: (generation: Generation) => void): () => void;
  /**
   * Builds the next generation, warms it with the hottest operations of the current one, then swaps one
   * pointer and lets the old one drain. An unchanged SDL (by hash) does nothing.
   * @throws DeskgraphError SUPERGRAPH_INVALID; the current generation stays in service
   */
  load(supergraphSdl: string): Promise<'swapped' | 'unchanged'>;
}
