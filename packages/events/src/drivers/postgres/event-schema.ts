import { fileURLToPath } from 'node:url';
import { migrate } from '@deskgraph/postgres';

/** The PostgreSQL schema of the outbox, the log, the groups and the inbox. */
export const eventSchema = 'deskgraph_events';

const migrations = fileURLToPath(new URL('../../../../migrations', import.meta.url));

/**
 * Creates or updates the schema.
 * @throws DeskgraphError MIGRATION_FAILED, DATABASE_UNAVAILABLE
 */
export async function migrateEvents(databaseUrl: string): Promise<void> {
  await migrate({ url: databaseUrl, schema: eventSchema, directory: migrations });
}
