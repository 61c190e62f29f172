import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/start.js';
import { withConnection } from '../single-connection.js';

/** A server for tests. Disposing it ends it and removes its files. */
export interface TestServer extends AsyncDisposable {
  /** A superuser's connection string. */
  readonly url: string;
}

/** What makes a new database several times faster, and would lose data in a power cut. */
const carelessSettings = ['fsync = off', 'synchronous_commit = off', 'full_page_writes = off'];

/** Starts an embedded server with files of its own. It does not wait for the disk. */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'deskgraph-postgres-'));
  const dispose = () => rm(dataDir, { recursive: true, force: true });
  const server = await startEmbeddedPostgres({ dataDir }).catch(async (error) => {
    await dispose();
    throw error;
  });
  await withConnection(server.url, async (client) => {
    for (const setting of carelessSettings) await client.query(`alter system set ${setting}`);
    await client.query('select pg_reload_conf()');
  });
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop().finally(dispose) };
}
