import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import pg from 'pg';

/** What to bring a schema up to. */
export interface MigrationOptions {
  /** Connection string. */
  readonly url: string;
  /** Schema that the migrations belong to; made if missing. */
  readonly schema: string;
  /** Folder of `NNNN-name.sql` files, numbered from 0001 without gaps. */
  readonly directory: string;
  /** SQL file with demonstration data, run once, only when this call makes the schema's first migration. */
  readonly demo?: string;
}

interface Migration {
  readonly file: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Applies what is missing, in order, each in a transaction of its own under an advisory lock, so that any number
 * of processes may call it at once.
 * @returns names of the files applied by this call
 * @throws DeskgraphError MIGRATION_FAILED (file and line; nothing of that file remains), MIGRATION_CHANGED,
 *   DATABASE_UNAVAILABLE
 */
export async function migrate(options: MigrationOptions): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client({
    connectionString: options.url,
    options: `-c search_path=${options.schema}`,
    connectionTimeoutMillis: 10_000,
  });
  try {
    await client.connect();
  } catch (cause) {
    throw new DeskgraphError('DATABASE_UNAVAILABLE', `No database connection for migrations: ${cause}`, {
      cause,
    });
  }
  try {
    return await applyMissing(client, options, migrations);
  } finally {
    await client.end();
  }
}

async function applyMissing(
  client: pg.Client,
  options: MigrationOptions,
  migrations: readonly Migration[],
): Promise<string[]> {
  const applied: string[] = [];
  for (const migration of migrations) {
    await inLockedTransaction(client, options.schema, async (known) => {
      const checksum = known.get(migration.file);
      if (checksum !== undefined) return assertUnchanged(migration, checksum, options);
      await runFile(client, migration, options.schema);
      applied.push(migration.file);
    });
  }
  if (options.demo !== undefined && applied[0] === migrations[0]?.file && applied.length > 0) {
    const sql = await readFile(options.demo, 'utf8');
    await inLockedTransaction(client, options.schema, () =>
      runFile(client, { file: options.demo as string, sql, checksum: checksumOf(sql) }, options.schema),
    );
  }
  return applied;
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  const misnumbered = files.filter(
    (file, index) => !file.startsWith(`${String(index + 1).padStart(4, '0')}-`),
  );
  if (misnumbered.length > 0) {
    throw new DeskgraphError(
      'MIGRATION_FAILED',
      `${directory}: files must be numbered 0001-, 0002-, ... without gaps or repeats; found ${files.join(', ')}.`,
    );
  }
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(directory, file), 'utf8');
      return { file, sql, checksum: checksumOf(sql) };
    }),
  );
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/** The lock lives as long as the transaction, so that a killed process cannot keep it. */
async function inLockedTransaction(
  client: pg.Client,
  schema: string,
  work: (known: ReadonlyMap<string, string>) => Promise<void>,
): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `deskgraph.migrate.${schema}`,
    ]);
    await client.query(`create schema if not exists ${pg.escapeIdentifier(schema)}`);
    await client.query(
      `create table if not exists schema_migration
         (file text primary key, checksum text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query('select file, checksum from schema_migration');
    await work(new Map(rows.map((row) => [row.file as string, row.checksum as string])));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function assertUnchanged(
  migration: Migration,
  checksum: string,
  { directory, schema }: MigrationOptions,
): Promise<void> {
  if (checksum === migration.checksum) return;
  throw new DeskgraphError(
    'MIGRATION_CHANGED',
    `${join(directory, migration.file)} was applied to schema ${schema} and has changed since. Restore it and put the change into a new migration.`,
  );
}

async function runFile(client: pg.Client, migration: Migration, schema: string): Promise<void> {
  try {
    await client.query(migration.sql);
  } catch (cause) {
    const { message, position } = cause as { message: string; position?: string };
    const line = position === undefined ? 1 : migration.sql.slice(0, Number(position)).split('\n').length;
    throw new DeskgraphError('MIGRATION_FAILED', `${migration.file}:${line} (schema ${schema}): ${message}`, {
      cause,
    });
  }
  await client.query('insert into schema_migration (file, checksum) values ($1, $2)', [
    migration.file,
    migration.checksum,
  ]);
}
