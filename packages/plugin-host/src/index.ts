export type { EmbeddedSubgraph, SubgraphCall } from './embedded-subgraph.js';
export type {
  PluginHost,
  PluginHostOptions,
  SubgraphComposer,
} from './plugin-host.js';
export type { PluginState, PluginStatus } from './plugin-state.js';
