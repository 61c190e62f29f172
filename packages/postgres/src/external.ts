import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { failureReason } from './connection-failure.js';
import type { PostgresServer } from './server.js';
import { withConnection } from './single-connection.js';
import { oldestMajor } from './supported-version.js';

interface Facts {
  readonly version: string;
  readonly major: number;
  readonly encoding: string;
}

/**
 * Checks the operator's server (DATABASE_URL): it answers within 10 s, is recent enough and stores UTF-8.
 * @throws DeskgraphError DATABASE_UNAVAILABLE that says which of these fail; never with the password
 */
export async function useExternalPostgres(url: string): Promise<PostgresServer> {
  const facts = await readFacts(url);
  const problems = [
    ...(facts.major < oldestMajor
      ? [`it is version ${facts.version}; ${oldestMajor} or later is needed`]
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

async function readFacts(url: string): Promise<Facts> {
  try {
    return await withConnection(url, async (client) => {
      const { rows } = await client.query(
        `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
                current_setting('server_encoding') as encoding`,
      );
      return rows[0];
    });
  } catch (cause) {
    throw unusable(url, failureReason(cause), cause);
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
