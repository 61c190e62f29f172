import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import type pg from 'pg';
import { databaseUnavailable, failureReason, isConnectionFailure } from '../connection-failure.js';
import { withConnection } from '../single-connection.js';
import { type Migration, readMigration, readMigrations } from './migration-files.js';
import { MigrationRecord } from './migration-record.js';

/** What to bring a schema up to. */
export interface MigrationOptions {
  /** Connection string. */
  readonly url: string;
  /** Schema that the migrations belong to; made if missing. */
  readonly schema: string;
  /** Folder of `NNNN-name.sql` files, numbered from 0001 without gaps. */
  readonly directory: string;
  /** SQL file with demonstration data: run once, into a schema that a call with it has made. */
  readonly demo?: string;
}

/** The demonstration data's name in the record; no migration can have it. */
const demoFile = 'demo';

/**
 * Applies what is missing, in order, each in a transaction of its own under an advisory lock, so that any number
 * of processes may call it at once.
 * @returns names of the files applied by this call; demonstration data is not among them
 * @throws DeskgraphError MIGRATION_FAILED (file and line; nothing of that file remains), MIGRATION_CHANGED,
 *   DATABASE_UNAVAILABLE
 */
export async function migrate(options: MigrationOptions): Promise<string[]> {
  const { url, schema, directory } = options;
  const migrations = await readMigrations(directory);
  const demo = options.demo === undefined ? null : await readMigration(options.demo, demoFile);
  try {
    return await withConnection(
      url,
      (client) => applyMissing(client, new MigrationRecord(client, schema), directory, migrations, demo),
      schema,
    );
  } catch (error) {
    if (isDeskgraphError(error)) throw error;
    if (isConnectionFailure(error)) throw databaseUnavailable(`Schema ${schema} cannot be migrated`, error);
    throw new DeskgraphError(
      'MIGRATION_FAILED',
      `Schema ${schema} cannot be migrated: ${failureReason(error)}.`,
      { cause: error },
    );
  }
}

async function applyMissing(
  client: pg.Client,
  record: MigrationRecord,
  directory: string,
  migrations: readonly Migration[],
  demo: Migration | null,
): Promise<string[]> {
  const applied: string[] = [];
  const missing = await record.inLockedTransaction(async (known) => {
    assertUnchanged(directory, migrations, known);
    // Whoever makes the schema decides whether it gets demonstration data, even if killed before it is in.
    const makesSchema = known.size === 0 && migrations.length > 0;
    if (makesSchema && demo !== null) await record.announce(demo.file);
    const demoDue = makesSchema || known.get(demoFile) === null;
    const files = migrations.filter(({ file }) => !known.has(file));
    return demo !== null && demoDue ? [...files, demo] : files;
  });
  for (const migration of missing) {
    await record.inLockedTransaction(async (known) => {
      // Another process may have been quicker.
      const due = migration === demo ? known.get(demoFile) === null : !known.has(migration.file);
      if (!due) return;
      await runFile(client, migration);
      await record.add(migration);
      if (migration !== demo) applied.push(migration.file);
    });
  }
  return applied;
}

function assertUnchanged(
  directory: string,
  migrations: readonly Migration[],
  known: ReadonlyMap<string, string | null>,
): void {
  const changed = migrations.filter(({ file, checksum }) => (known.get(file) ?? checksum) !== checksum);
  const files = migrations.map(({ file }) => file);
  // Later ones are those of a newer version of the plugin, which may be rolling out beside this one.
  const gone = [...known.keys()].filter(
    (file) => file !== demoFile && !files.includes(file) && file < (files.at(-1) ?? ''),
  );
  if (changed.length + gone.length === 0) return;
  const problems = [
    ...changed.map(({ path }) => `${path} was applied and has changed since.`),
    ...gone.map((file) => `${file} was applied and is no longer in ${directory}.`),
  ];
  throw new DeskgraphError(
    'MIGRATION_CHANGED',
    `${problems.join(' ')} Restore what was applied, and put changes into a new migration.`,
  );
}

async function runFile(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('savepoint migration');
    await client.query(migration.sql);
    await client.query('release savepoint migration');
  } catch (cause) {
    if (isConnectionFailure(cause)) throw cause;
    throw migrationFailed(migration, cause as pg.DatabaseError);
  }
}

function migrationFailed({ path, sql }: Migration, cause: pg.DatabaseError): DeskgraphError {
  // 25P01 no_active_sql_transaction, 3B001 invalid_savepoint_specification: the file ended our transaction.
  const endedTransaction = cause.code === '25P01' || cause.code === '3B001';
  // `position` counts characters from 1; without it the server does not say where.
  const before = cause.position === undefined ? null : [...sql].slice(0, Number(cause.position) - 1).join('');
  const place = before === null ? path : `${path}:${before.split('\n').length}`;
  const reason = endedTransaction
    ? 'it must not begin or end transactions; each file runs in one of its own'
    : [cause.message, cause.detail, cause.hint, cause.where].filter((text) => text).join(' ');
  return new DeskgraphError('MIGRATION_FAILED', `${place}: ${reason}`, { cause });
}
