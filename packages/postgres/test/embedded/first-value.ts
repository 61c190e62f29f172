import { withConnection } from '../../src/single-connection.js';

/** The first column of the first row, over a connection of its own. */
export async function firstValue(url: string, sql: string): Promise<unknown> {
  const { rows } = await withConnection(url, (client) => client.query({ text: sql, rowMode: 'array' }));
  return rows[0]?.[0];
}
