import {
  DeskgraphError,
  type GraphClient,
  type GraphResult,
  type PluginManifest,
  type Principal,
} from '@deskgraph/plugin-sdk';

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
const deadlineMs = 10_000;

/**
 * The graph as one plugin may ask it: as itself, with the scopes of its manifest.
 * @throws DeskgraphError PLUGIN_START_FAILED when the manifest asks for none
 */
export function graphClient({ id, scopes }: PluginManifest, ask: AskGraph = noGraph): GraphClient {
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
    query: <Data>(
      document: string,
      variables: Readonly<Record<string, unknown>> = {},
      options: { readonly signal?: AbortSignal } = {},
    ) => {
      const deadline = AbortSignal.timeout(deadlineMs);
      const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
      return ask({ document, variables, principal, signal }) as Promise<GraphResult<Data>>;
    },
  };
}

const noGraph: AskGraph = async () => {
  throw new DeskgraphError('PLUGIN_UNAVAILABLE', 'There is no graph to ask here.');
};
