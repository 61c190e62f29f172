import type { EventBus, Outbox } from '@deskgraph/events';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { ConsumedEvents } from './consumed-events.js';
import type { EmbeddedSubgraph } from './embedded-subgraph.js';
import type { PluginStatus } from './plugin-state.js';
import type { AskGraph } from './start/plugin-graph.js';
import type { PluginConfigSource } from './validate/plugin-config.js';

/** Composes subgraphs leaving optional ones out that break it. The gateway implements it. */
export type SubgraphComposer = (
  subgraphs: readonly {
    readonly name: string;
    readonly sdl: string;
    readonly optional: boolean;
  }[],
) => {
  readonly leftOut: readonly {
    readonly name: string;
    readonly problems: readonly string[];
  }[];
};

export interface PluginHostOptions {
  /** Folders that hold plugin folders (each with a `plugin.json`), or plugin folders themselves. */
  readonly directories: readonly string[];
  /** Plugin ids to leave alone. */
  readonly disabled: readonly string[];
  /** Configuration by plugin id, not validated yet. */
  readonly config: PluginConfigSource;
  /** Environment variables; `DESKGRAPH_PLUGIN_<ID>_<KEY>` override the configuration. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Connection string; each plugin gets its own schema in that database. */
  readonly databaseUrl: string;
  /** Seed the plugins' demonstration data when their schema is new. */
  readonly demo: boolean;
  readonly bus: EventBus;
  /** What plugins publish goes here first. */
  readonly outbox: Outbox;
  readonly compose: SubgraphComposer;
  /** What plugins reach by `graph.query`; absent: their queries fail with PLUGIN_UNAVAILABLE. */
  readonly graph?: AskGraph;
  readonly log: Logger;
}

/** Runs the plugins of one process. */
export interface PluginHost extends AsyncDisposable {
  /**
   * discover -> validate -> compose, without running plugin code. Afterwards `subgraphs` is complete. Never
   * throws for what a plugin is: what is wrong with it is in its status.
   */
  validate(): void;
  /**
   * migrate -> start, side by side. Resolves when every plugin is ready or failed; never rejects for what a
   * plugin did. A failed one is tried again with backoff where that can help.
   */
  startValidated(): Promise<void>;
  /** Both in turn. */
  start(): Promise<void>;
  /** Subgraphs of all plugins that composed, whether started yet or not. */
  readonly subgraphs: readonly EmbeddedSubgraph[];
  readonly statuses: readonly PluginStatus[];
  /** What the plugins that composed consume, whether started yet or not. */
  readonly consumedEvents: ConsumedEvents;
  /** Called after every change of a plugin's state. Returns how to stop it. */
  onChange(listener: (status: PluginStatus) => void): () => void;
  /** Drains calls in flight, then stops plugins in reverse order. Idempotent, bounded in time. */
  stop(): Promise<void>;
}
