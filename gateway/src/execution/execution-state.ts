import type { FetchContext } from '../subgraphs/transport.js';
import type { ClientError } from './executable-operation.js';
import type { JsonObject } from './json-object.js';

/** Coerced variables of one execution. */
export type Variables = Readonly<Record<string, unknown>>;

/** A place in a response: response keys and list indices. */
export type ResponsePath = readonly (string | number)[];

/** All that changes during one execution. Every execution, and every event, has its own. */
export class ExecutionState {
  /** The merged answers of the subgraphs. */
  readonly data: JsonObject = {};
  readonly errors: ClientError[] = [];
  /** Objects and lists that stand at several places of `data`: walks visit them once, and they are written once. */
  readonly shared = new Set<object>();

  constructor(
    readonly variables: Variables,
    readonly context: FetchContext,
  ) {}
}

/**
 * One step of a compiled plan. Returns nothing when there is nothing to ask for, so that no promise is made
 * for it.
 */
export type Step = (state: ExecutionState) => Promise<void> | undefined;
