import { DeskgraphError } from '@deskgraph/plugin-sdk';
import pg from 'pg';
import type { PostgresServer } from './server.js';

/** Oldest major version that the migrations are tested on. */
const minimumMajor = 15;

/**
 * Checks the operator's server (DATABASE_URL): it answers, is recent enough and stores UTF-8.
 * @throws DeskgraphError DATABASE_UNAVAILABLE that says which of these fails
 */
export async function useExternalPostgres(url: string): Promise<PostgresServer> {
  const facts = await readFacts(url);
  const problems = [
    ...(facts.major < minimumMajor
      ? [`it is version ${facts.version}; ${minimumMajor} or later is needed`]
      : []),
    ...(facts.encoding === 'UTF8' ? [] : [`the database's encoding is ${facts.encoding}; UTF8 is needed`]),
  ];
  if (problems.length > 0) throw unusable(url, problems.join('; '));
  const stop = async () => {};
  return {
    kind: 'external',
    url,
    origin: 'given',
    version: facts.version,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function readFacts(url: string) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
              current_setting('server_encoding') as encoding`,
    );
    return rows[0] as { version: string; major: number; encoding: string };
  } catch (cause) {
    throw unusable(url, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    await client.end().catch(() => {});
  }
}

function unusable(url: string, reason: string, cause?: unknown): DeskgraphError {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '(not a URL)', pathname: '' };
  return new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    `DATABASE_URL (${host}${pathname}) cannot be used: ${reason}. Correct it, or unset it to use the embedded PostgreSQL.`,
    { cause },
  );
}
