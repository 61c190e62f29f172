import type { Outbox } from '@deskgraph/events';
import {
  createHttpClient,
  type Database,
  type DeclaredEvents,
  type Dependencies,
  type DependencyId,
  type DependencyValues,
  DeskgraphError,
  type Logger,
} from '@deskgraph/plugin-sdk';
import { createDatabase } from '@deskgraph/postgres';
import type { ValidPlugin } from '../validate/validate-plugin.js';
import { type AskGraph, graphClient } from './plugin-graph.js';
import { publisher, publishingDatabase } from './publishing.js';

/** The manifest says which events there are, and is checked at run time. */
type Values = DependencyValues<DeclaredEvents>;

/** What the host can give to a plugin, and how to take it back. */
export interface Capabilities extends AsyncDisposable {
  /** Values for the names in the plugin definition's `deps`. */
  resolve(deps: Dependencies): Readonly<Record<string, Values[DependencyId]>>;
  /** The plugin's database: one, however often it is asked for. @throws DeskgraphError PLUGIN_START_FAILED */
  database(): Values['database'];
}

/** What capabilities are made of. */
export interface CapabilityOptions {
  readonly databaseUrl: string;
  readonly outbox: Outbox;
  readonly graph?: AskGraph;
  readonly log: Logger;
}

/** The PostgreSQL schema of a plugin. */
export function schemaName(pluginId: string): string {
  return `plugin_${pluginId.replaceAll('-', '_')}`;
}

/** Makes the capabilities of one plugin on demand: only what its definition names and its manifest asked for. */
export function createCapabilities(plugin: ValidPlugin, options: CapabilityOptions): Capabilities {
  const { manifest } = plugin;
  const opened: AsyncDisposable[] = [];
  const keep = <Value extends AsyncDisposable>(value: Value): Value => {
    opened.push(value);
    return value;
  };
  let plugins: Database<DeclaredEvents> | undefined;
  const database = () => {
    plugins ??= openDatabase();
    return plugins;
  };
  const openDatabase = () => {
    if (manifest.scopes?.postgres !== true) throw notAsked(manifest.id, 'scopes.postgres');
    const schema = schemaName(manifest.id);
    const sql = keep(createDatabase({ url: options.databaseUrl, schema, log: options.log }));
    return publishingDatabase(sql, plugin, options.outbox);
  };
  const makers: { readonly [Id in DependencyId]: () => Values[Id] } = {
    log: () => options.log,
    events: () => publisher(plugin, (events) => options.outbox.store(events)),
    graph: () => graphClient(manifest, options.graph),
    http: () => keep(createHttpClient({ allowedHosts: manifest.scopes?.network ?? [] })),
    database,
  };
  return {
    resolve: (deps) =>
      Object.fromEntries(Object.entries(deps).map(([name, dependency]) => [name, makers[dependency.id]()])),
    database,
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.splice(0).map((value) => value[Symbol.asyncDispose]()));
    },
  };
}

function notAsked(id: string, key: string): DeskgraphError {
  return new DeskgraphError(
    'PLUGIN_START_FAILED',
    `Plugin ${id} uses a database, but its plugin.json does not ask for one. Add ${key}.`,
  );
}
