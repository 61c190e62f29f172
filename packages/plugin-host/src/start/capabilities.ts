import { createEvent, type EventBus } from '@deskgraph/events';
import {
  createHttpClient,
  type Database,
  type Dependencies,
  type DependencyId,
  DeskgraphError,
  type EventPublisher,
  type Logger,
} from '@deskgraph/plugin-sdk';
import { createDatabase } from '@deskgraph/postgres';
import type { ValidPlugin } from '../validate/validate-plugin.js';

/** What the host can give to a plugin, and how to take it back. */
export interface Capabilities extends AsyncDisposable {
  /** Values for the names in the plugin definition's `deps`. */
  resolve(deps: Dependencies): Readonly<Record<string, unknown>>;
}

/** What capabilities are made of. */
export interface CapabilityOptions {
  readonly databaseUrl: string;
  readonly bus: EventBus;
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
  const makers: Record<DependencyId, () => Database | EventPublisher | Logger | object> = {
    log: () => options.log,
    events: () => createPublisher(plugin, options.bus),
    http: () => keep(createHttpClient({ allowedHosts: manifest.scopes?.network ?? [] })),
    database: () => {
      if (manifest.scopes?.postgres !== true) throw notAsked(manifest.id, 'scopes.postgres');
      return keep(
        createDatabase({ url: options.databaseUrl, schema: schemaName(manifest.id), log: options.log }),
      );
    },
  };
  return {
    resolve: (deps) =>
      Object.fromEntries(Object.entries(deps).map(([name, dependency]) => [name, makers[dependency.id]()])),
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

function createPublisher({ manifest, events }: ValidPlugin, bus: EventBus): EventPublisher {
  const source = `/plugins/${manifest.id}`;
  return {
    async publish(...outgoing) {
      for (const { type, data } of outgoing) events.checkPublished(type, data);
      await bus.publish(outgoing.map((event) => createEvent({ ...event, source })));
    },
  };
}
