import { randomBytes } from 'node:crypto';
import { withConnection } from '../single-connection.js';
import { startTestServer, type TestServer } from './test-server.js';

/** A fresh, empty database on a real server. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

let shared: Promise<TestServer> | undefined;
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
    // Copying the template's files is quicker than writing them through the log.
    await administer(server, `create database ${name} strategy file_copy`);
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

async function openServer(): Promise<TestServer> {
  const given = process.env.DESKGRAPH_TEST_POSTGRES_URL;
  return given === undefined ? startTestServer() : { url: given, [Symbol.asyncDispose]: async () => {} };
}

/** The last one out stops the server. */
async function leave(): Promise<void> {
  users--;
  if (users > 0) return;
  const leaving = shared;
  shared = undefined;
  const server = await leaving?.catch(() => undefined);
  await server?.[Symbol.asyncDispose]();
}

async function administer(server: TestServer, sql: string): Promise<void> {
  await withConnection(server.url, (client) => client.query(sql));
}
