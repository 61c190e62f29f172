import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../embedded/start.js';

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
 * Makes a database for one test. The server is the one that DESKGRAPH_TEST_POSTGRES_URL names, else an embedded
 * one that lives as long as this process has databases open.
 */
export async function testDatabase(): Promise<TestDatabase> {
  users++;
  shared ??= openServer();
  const server = await shared;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await administer(server.url, `drop database ${name} with (force)`);
      users--;
      if (users > 0) return;
      shared = undefined;
      await server.stop();
    },
  };
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

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
