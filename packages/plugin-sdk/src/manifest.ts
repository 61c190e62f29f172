/** `plugin.json`: static and closed, read without running plugin code. Source: `schema/plugin.schema.json`. */
export interface PluginManifest {
  /** The JSON Schema of this file, for editors. */
  readonly $schema?: string;
  /** Lower case letters, digits and hyphens; also the subgraph's name. */
  readonly id: string;
  /** Semantic version of the plugin. */
  readonly version: string;
  /** Semver range of hub versions it runs on. */
  readonly host: string;
  readonly description?: string;
  /** Module with the plugin's definition as default export, relative to the manifest. */
  readonly entry: string;
  /** SDL file of the subgraph, relative to the manifest. */
  readonly subgraph: string;
  /** JSON Schema file of the configuration, relative to the manifest. Absent: takes none. */
  readonly config?: string;
  /** Ids of plugins that must be ready first. */
  readonly requires?: readonly string[];
  readonly scopes?: {
    /** Hosts it may call: `api.example.com`, `*.example.com`. */
    readonly network?: readonly string[];
    /** Names of configuration keys that are secrets. */
    readonly secrets?: readonly string[];
    /** Needs its own PostgreSQL schema. */
    readonly postgres?: boolean;
    /** Scopes with which it asks the graph: `chat:read`. */
    readonly graph?: readonly string[];
  };
  readonly events?: {
    readonly publishes?: readonly EventDeclaration[];
    readonly consumes?: readonly EventDeclaration[];
  };
  /** Folder of `NNNN-name.sql` files, relative to the manifest. Needs `scopes.postgres`. */
  readonly migrations?: string;
  /** SQL file with demonstration data, run once after the first migration unless `--no-demo`. Needs `migrations`. */
  readonly demo?: string;
  readonly limits?: {
    /** Longest start, default 10 000 ms. */
    readonly startTimeoutMs?: number;
    /** Longest call of the gateway into the plugin, default 5 000 ms. */
    readonly callTimeoutMs?: number;
    /** Calls in flight at once, default 64; sixteen times as many may wait. */
    readonly maxConcurrentCalls?: number;
  };
  /** `required` (the hub is not ready without it) or `optional` (default: the rest serves on). */
  readonly failure?: 'required' | 'optional';
}

/** One event type with the JSON Schema of its data. */
export interface EventDeclaration {
  /** CloudEvents type: `chat.message.added`. */
  readonly type: string;
  /** Major version of the payload. */
  readonly version: number;
  /** JSON Schema file of `data`, relative to the manifest. */
  readonly schema: string;
}
