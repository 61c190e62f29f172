export { createDatabase, type DatabaseOptions } from './database.js';
export { findEmbeddedPostgres } from './embedded/find.js';
export { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded/start.js';
export { useExternalPostgres } from './external.js';
export { type ListenerOptions, NotificationListener } from './listener.js';
export { type MigrationOptions, migrate } from './migrations/migrate.js';
export type { PostgresServer } from './server.js';
