import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/start.js';
import { withConnection } from '../single-connection.js';

/** A fresh, empty database on a real server. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

interface SharedServer {
  readonly url: string;
  stop(): Promise<void>;
}

let shared: Promise<SharedServer> | undefined;
let users = 0;

/**
 * Makes a database for one test. The server is the one that DESKGRAPH_TEST_POSTGRES_URL names (a superuser's
 * URL), else an embedded one that lives as long as this process has databases open. Disposing drops the database,
 * whoever is still connected.
 */
export async function testDatabase(): Promise<TestDatabase> {
  users++;
  try {
    shared ??= openServer();
    const server = await shared;
    const name = `test_${randomBytes(8).toString('hex')}`;
    await administer(server, `create database ${name}`);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    let disposing: Promise<void> | undefined;
    const dispose = () => administer(server, `drop database ${name} with (force)`).finally(leave);
    return {
      url: url.href,
      [Symbol.asyncDispose]() {
        disposing = disposing ?? dispose();
        return disposing;
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** The last one out stops the server. */
async function leave(): Promise<void> {
  users--;
  if (users > 0) return;
  const leaving = shared;
  shared = undefined;
  const server = await leaving?.catch(() => undefined);
  await server?.stop();
}

async function openServer(): Promise<SharedServer> {
  const given = process.env.DESKGRAPH_TEST_POSTGRES_URL;
  if (given !== undefined) return { url: given, stop: async () => {} };
  const dataDir = await mkdtemp(join(tmpdir(), 'deskgraph-postgres-'));
  const server = await startEmbeddedPostgres({ dataDir });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function administer(server: SharedServer, sql: string): Promise<void> {
  await withConnection(server.url, (client) => client.query(sql));
}
