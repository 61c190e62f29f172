import type { Position } from '@deskgraph/events';
import type { FetchContext, SubgraphResponse } from '../subgraphs/transport.js';

/** An error as the client sees it (GraphQL spec, section 7.1.2). */
export interface ClientError {
  readonly message: string;
  readonly locations?: readonly {
    readonly line: number;
    readonly column: number;
  }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string } & Readonly<Record<string, unknown>>;
}

/** A finished execution. `data` is JSON text, written once and passed through to every transport. */
export interface ExecutionText {
  /** JSON text of `data`: an object or `null`. */
  readonly data: string;
  /** Absent when there are none. */
  readonly errors?: readonly ClientError[];
  /** Of the event that it is the result of; a client resumes after it. */
  readonly position?: Position;
  /** Only tells where a stream begins; there is no event. */
  readonly isStart?: true;
  /** Was missed and is read from the history: as fast as the client takes it. */
  readonly isMissed?: true;
}

/** An operation compiled against one generation: its plan and response projection as closures. Stateless. */
export interface ExecutableOperation {
  /**
   * Runs a query or mutation.
   * @param variables  already coerced (GraphQL spec, section 6.1.2)
   */
  execute(variables: Readonly<Record<string, unknown>>, context: FetchContext): Promise<ExecutionText>;
  /**
   * Runs the rest of a subscription's plan for one event: `root` is what the owning subgraph answered for
   * the root field; other subgraphs are joined. Every call starts from fresh state.
   */
  executeEvent(
    root: SubgraphResponse,
    variables: Readonly<Record<string, unknown>>,
    context: FetchContext,
  ): Promise<ExecutionText>;
}
