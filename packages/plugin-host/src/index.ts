export {
  type ConfigSource,
  type EnvironmentOverride,
  environmentValue,
  parseClosedConfig,
  readSchema,
} from './config/closed-config.js';
export { createPluginHost, hubVersion } from './create-plugin-host.js';
export type { EmbeddedSubgraph, SubgraphCall } from './embedded-subgraph.js';
export type { PluginHost, PluginHostOptions, SubgraphComposer } from './plugin-host.js';
export type { PluginState, PluginStatus } from './plugin-state.js';
export type { PluginConfigSource } from './validate/plugin-config.js';
