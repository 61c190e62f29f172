import pg from 'pg';
import { connectionSettings } from './connection-settings.js';

const connectTimeoutMs = 10_000;

/** Opens one connection for the work and closes it after. Errors are the driver's own. */
export async function withConnection<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  schema?: string,
): Promise<T> {
  const client = new pg.Client({
    ...connectionSettings(url, schema),
    connectionTimeoutMillis: connectTimeoutMs,
  });
  // The running query rejects as well; without a listener a lost connection would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
