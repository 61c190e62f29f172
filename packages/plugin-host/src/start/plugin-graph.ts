import {
  DeskgraphError,
  type GraphClient,
  type GraphResult,
  type PluginManifest,
  type Principal,
} from '@deskgraph/plugin-sdk';
import { untilAborted } from './deadline.js';

/** An operation that a plugin runs on the unified graph. */
export interface PluginGraphRequest {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The plugin. */
  readonly principal: Principal;
  /** Aborts when the plugin gave up or the deadline passed. */
  readonly signal: AbortSignal;
}

/** Runs a plugin's operation. Rejects with the code of a refused one. */
export type AskGraph = (request: PluginGraphRequest) => Promise<GraphResult>;

/** Longest operation: within the 30 s that an event's handler has. */
const defaultDeadlineMs = 10_000;

/**
 * The graph as one plugin may ask it: as itself, with the scopes of its manifest.
 * @throws DeskgraphError PLUGIN_START_FAILED when the manifest asks for none
 */
export function graphClient(
  { id, scopes }: PluginManifest,
  ask: AskGraph = noGraph,
  deadlineMs = defaultDeadlineMs,
): GraphClient {
  if (scopes?.graph === undefined) {
    throw new DeskgraphError(
      'PLUGIN_START_FAILED',
      `Plugin ${id} asks the graph, but its plugin.json does not say with which scopes. Add scopes.graph.`,
    );
  }
  const principal: Principal = Object.freeze({
    id: `plugin:${id}`,
    kind: 'service',
    displayName: `Plugin ${id}`,
    scopes: Object.freeze([...new Set(scopes.graph)].sort()),
  });
  return {
    async query<Data>(
      document: string,
      variables: Readonly<Record<string, unknown>> = {},
      options: { readonly signal?: AbortSignal } = {},
    ) {
      options.signal?.throwIfAborted();
      using deadline = new Deadline(id, deadlineMs, options.signal);
      const { signal } = deadline;
      const asked = ask({ document, variables, principal, signal }) as Promise<GraphResult<Data>>;
      return await untilAborted(asked, signal);
    },
  };
}

/** Ends a question in time, or when who asked gives up. */
class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(id: string, timeoutMs: number, given: AbortSignal | undefined) {
    const late = new AbortController();
    const message = `The graph did not answer plugin ${id} within ${timeoutMs} ms.`;
    this.#timer = setTimeout(() => late.abort(new DeskgraphError('SUBGRAPH_TIMEOUT', message)), timeoutMs);
    this.signal = given === undefined ? late.signal : AbortSignal.any([given, late.signal]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

const noGraph: AskGraph = async () => {
  throw new DeskgraphError('PLUGIN_UNAVAILABLE', 'There is no graph to ask here.');
};
