import type { Database } from './database.js';
import type { EventPublisher } from './event-publisher.js';
import type { GraphClient } from './graph-client.js';
import type { HttpClient } from './http/http-client.js';
import type { Logger } from './logger.js';

/** A capability a plugin can ask for. `id` is what the host looks up; `Value` is what `start` receives. */
export interface Dependency<Value> {
  readonly id: DependencyId;
  /** Never present at run time; carries the type. */
  readonly value?: Value;
}

/** The capabilities a host can grant. */
export type DependencyId = 'database' | 'events' | 'graph' | 'http' | 'log';

/** The `deps` of a plugin definition: local name to capability. */
export type Dependencies = Readonly<Record<string, Dependency<unknown>>>;

/** The plugin's own PostgreSQL schema, migrated before start. Needs `scopes.postgres` in the manifest. */
export const database: Dependency<Database> = { id: 'database' };

/** Publishes the events declared under `events.publishes` in the manifest. */
export const events: Dependency<EventPublisher> = { id: 'events' };

/** Queries of the unified graph, with the scopes under `scopes.graph` in the manifest. */
export const graph: Dependency<GraphClient> = { id: 'graph' };

/** Outbound HTTP to the hosts under `scopes.network` in the manifest. */
export const http: Dependency<HttpClient> = { id: 'http' };

/** A logger that names the plugin. */
export const log: Dependency<Logger> = { id: 'log' };
