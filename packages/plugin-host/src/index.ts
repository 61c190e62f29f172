export {
  type ConfigEnvironment,
  type ConfigSource,
  type EnvironmentOverride,
  parseClosedConfig,
  readSchema,
} from './config/closed-config.js';
export { environmentValue } from './config/environment-value.js';
export { type LocatedDocument, parseLocated } from './config/located-document.js';
export type { ConsumedEvents } from './consumed-events.js';
export { createPluginHost, hubVersion } from './create-plugin-host.js';
export { discoverPlugins } from './discover.js';
export type { EmbeddedHistory, EmbeddedSubgraph, SubgraphCall } from './embedded-subgraph.js';
export type { PluginHost, PluginHostOptions, SubgraphComposer } from './plugin-host.js';
export type { FailedState, PluginState, PluginStatus } from './plugin-state.js';
export type { AskGraph, PluginGraphRequest } from './start/plugin-graph.js';
export { type EventCatalogue, readEventCatalogue } from './validate/event-catalogue.js';
export { readManifest, type UnusableManifest } from './validate/manifest.js';
export type { PluginConfigSource } from './validate/plugin-config.js';
