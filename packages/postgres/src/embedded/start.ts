import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskgraphError, isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { databaseUnavailable } from '../connection-failure.js';
import type { PostgresServer } from '../server.js';
import { withConnection } from '../single-connection.js';
import { findBinaries } from './binaries.js';
import { type Cluster, openCluster } from './cluster.js';
import { connectionString, databaseName } from './connection-string.js';
import { lockDataDir } from './data-dir-lock.js';
import { startPostmaster } from './launch.js';
import { findPostmaster, type Postmaster, stopPostmaster } from './postmaster.js';
import { isRunning } from './process-identity.js';
import { serverFolder, serverUser } from './server-user.js';
import { SupervisedServer } from './supervised-server.js';

const adoptTimeoutMs = 30_000;
const adoptPollMs = 50;

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
  try {
    return await openServer(dataDir, options.log);
  } catch (error) {
    if (isDeskgraphError(error)) throw error;
    throw databaseUnavailable(`The embedded PostgreSQL in ${dataDir} did not start`, error);
  }
}

async function openServer(dataDir: string, log: Logger | undefined): Promise<PostgresServer> {
  const user = serverUser();
  const folder = await serverFolder(dataDir, user);
  const unlock = lockDataDir(dataDir, folder);
  try {
    const binaries = await findBinaries(folder, user);
    const cluster = await openCluster(folder, binaries, user);
    const launch = { cluster, binaries, user, logFile: join(dataDir, 'postgres.log') };
    const adopted = await findPostmaster(cluster).then((found) => found && adopt(found, cluster));
    const origin = adopted ? 'adopted' : 'started';
    const postmaster = adopted ?? (await startPostmaster(launch));
    const version = await prepareDatabase(postmaster, cluster);
    const url = connectionString(postmaster, cluster, databaseName);
    log?.info({ origin, port: postmaster.port, version }, `PostgreSQL ${version} ${origin}`);
    return new SupervisedServer({ url, origin, version, postmaster, launch, unlock, log });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The running server, once it answers; null when it ends instead, as one does that was told to stop before. */
async function adopt(postmaster: Postmaster, cluster: Cluster): Promise<Postmaster | null> {
  const url = connectionString(postmaster, cluster, 'postgres');
  for (const deadline = Date.now() + adoptTimeoutMs; Date.now() < deadline; await delay(adoptPollMs)) {
    if (!isRunning(postmaster.process)) return null;
    try {
      await withConnection(url, (client) => client.query('select 1'));
      return postmaster;
    } catch (error) {
      // Starting up, recovering or shutting down: asked again. Only a wrong password stays wrong.
      if ((error as { code?: string }).code === '28P01') throw foreignPassword(cluster, error);
    }
  }
  await stopPostmaster(postmaster);
  return null;
}

/** Makes the hub's database if missing; a server that cannot do that is not left running. */
async function prepareDatabase(postmaster: Postmaster, cluster: Cluster): Promise<string> {
  try {
    return await withConnection(connectionString(postmaster, cluster, 'postgres'), async (client) => {
      const { rows } = await client.query(
        `select current_setting('server_version') as version,
                exists (select from pg_database where datname = '${databaseName}') as present`,
      );
      if (rows[0].present !== true) await client.query(`create database ${databaseName}`);
      return rows[0].version as string;
    });
  } catch (error) {
    await stopPostmaster(postmaster);
    throw (error as { code?: string }).code === '28P01' ? foreignPassword(cluster, error) : error;
  }
}

function foreignPassword(cluster: Cluster, cause: unknown): DeskgraphError {
  return new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `The password beside ${cluster.directory} is not the database's. Restore the file "password" from the same backup as the data.`,
    { cause },
  );
}
