import { join, resolve } from 'node:path';
import type { Logger } from '@deskgraph/plugin-sdk';
import pg from 'pg';
import type { PostgresServer } from '../server.js';
import { findBinaries } from './binaries.js';
import { type Cluster, openCluster, superuser } from './cluster.js';
import { lockDataDir } from './data-dir-lock.js';
import { findPostmaster, type Postmaster, startPostmaster, stopPostmaster } from './postmaster.js';
import { serverFolder, serverUser } from './server-user.js';

/** The database that the hub uses on its embedded server. */
const databaseName = 'deskgraph';

/** Where the embedded server keeps its files. */
export interface EmbeddedPostgresOptions {
  /** The hub's data directory; made if missing. */
  readonly dataDir: string;
  readonly log?: Logger;
}

/**
 * Starts the embedded PostgreSQL in the data directory, or adopts the one that a killed hub left running there.
 * @throws DeskgraphError DATA_DIR_IN_USE when another hub uses the directory, DATABASE_UNAVAILABLE otherwise
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  const user = serverUser();
  const folder = await serverFolder(dataDir, user);
  const unlock = lockDataDir(dataDir);
  try {
    const binaries = await findBinaries(folder);
    const cluster = await openCluster(folder, binaries, user);
    const adopted = await findPostmaster(cluster).then((found) => found && adopt(found, cluster));
    const origin = adopted ? 'adopted' : 'started';
    const postmaster =
      adopted ?? (await startPostmaster(cluster, binaries, user, join(dataDir, 'postgres.log')));
    const version = await ensureDatabase(postmaster, cluster);
    options.log?.info({ origin, port: postmaster.port, version }, `PostgreSQL ${version} ${origin}`);
    return embeddedServer(postmaster, cluster, origin, version, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function embeddedServer(
  postmaster: Postmaster,
  cluster: Cluster,
  origin: 'started' | 'adopted',
  version: string,
  unlock: () => void,
): PostgresServer {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopPostmaster(postmaster).finally(unlock);
    return stopping;
  };
  return {
    kind: 'embedded',
    url: connectionString(postmaster, cluster, databaseName),
    origin,
    version,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function connectionString({ port }: Postmaster, { password }: Cluster, database: string): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}

/** The running server, if it answers for this cluster; one that is going down is waited for. */
async function adopt(postmaster: Postmaster, cluster: Cluster): Promise<Postmaster | null> {
  try {
    const rows = await queryOnce(connectionString(postmaster, cluster, 'postgres'), 'show data_directory');
    if (rows[0]?.data_directory === cluster.directory) return postmaster;
  } catch {
    // Not answering: it is shutting down, or recovering from something we cannot see. Start afresh.
  }
  await stopPostmaster(postmaster);
  return null;
}

async function ensureDatabase(postmaster: Postmaster, cluster: Cluster): Promise<string> {
  const url = connectionString(postmaster, cluster, 'postgres');
  const rows = await queryOnce(
    url,
    `select current_setting('server_version') as version,
            exists (select from pg_database where datname = '${databaseName}') as present`,
  );
  if (rows[0]?.present !== true) await queryOnce(url, `create database ${databaseName}`);
  return String(rows[0]?.version);
}

async function queryOnce(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
