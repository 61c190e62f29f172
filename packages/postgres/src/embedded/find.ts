import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { connectionString, databaseName } from './connection-string.js';
import { readPidFile } from './postmaster.js';
import { isRunning, worksIn } from './process-identity.js';

/**
 * Finds the embedded server that a running hub has in the data directory, for a command beside that hub. Starts,
 * makes and changes nothing.
 * @returns its connection string
 * @throws DeskgraphError DATABASE_UNAVAILABLE when no hub runs there, or its files may not be read
 */
export async function findEmbeddedPostgres(dataDir: string): Promise<string> {
  const home = resolve(dataDir);
  const folder = join(home, 'postgres');
  if (!existsSync(folder)) throw noHub(home);
  const directory = join(await realpath(folder), 'data');
  const found = await readPidFile({ directory, password: '' });
  if (found === null || !isRunning(found.process) || !worksIn(found.process.pid, directory))
    throw noHub(home);
  const password = await readFile(join(folder, 'password'), 'utf8').catch((cause: Error) => {
    throw new DeskgraphError(
      'DATABASE_UNAVAILABLE',
      `The password of the database in ${home} cannot be read: ${cause.message}. Run the command as the user who runs the hub.`,
      { cause },
    );
  });
  return connectionString(found, { directory, password }, databaseName);
}

function noHub(dataDir: string): DeskgraphError {
  return new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `No hub runs on ${dataDir}. Start one with "npm start", name its directory in DESKGRAPH_DATA_DIR, or its database in DATABASE_URL.`,
    { details: { dataDir } },
  );
}
