import type { Database } from './database.js';
import type { DeclaredEvents, NoEvents } from './declared-events.js';
import type { EventPublisher } from './event-publisher.js';
import type { GraphClient } from './graph-client.js';
import type { HttpClient } from './http/http-client.js';
import type { Logger } from './logger.js';

/** What `start` receives for each capability, in a plugin with these events. */
export interface DependencyValues<Events extends DeclaredEvents = NoEvents> {
  readonly database: Database<Events>;
  readonly events: EventPublisher<Events>;
  readonly graph: GraphClient;
  readonly http: HttpClient;
  readonly log: Logger;
}

/** The capabilities a host can grant. */
export type DependencyId = keyof DependencyValues;

/** A capability a plugin can ask for: `id` is what the host looks up. */
export interface Dependency<Id extends DependencyId = DependencyId> {
  readonly id: Id;
}

/** The `deps` of a plugin definition: local name to capability. */
export type Dependencies = Readonly<Record<string, Dependency>>;

/** The plugin's own PostgreSQL schema, migrated before start. Needs `scopes.postgres` in the manifest. */
export const database: Dependency<'database'> = { id: 'database' };

/** Publishes the events declared under `events.publishes` in the manifest. */
export const events: Dependency<'events'> = { id: 'events' };

/** Queries of the unified graph, with the scopes under `scopes.graph` in the manifest. */
export const graph: Dependency<'graph'> = { id: 'graph' };

/** Outbound HTTP to the hosts under `scopes.network` in the manifest. */
export const http: Dependency<'http'> = { id: 'http' };

/** A logger that names the plugin. */
export const log: Dependency<'log'> = { id: 'log' };
