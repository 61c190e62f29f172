// A hub as far as its database goes: run as a process of its own, so that tests can kill it.
import { createDatabase } from '../../src/database.js';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';

/** What the process tells its parent. */
export type HubMessage =
  | { readonly origin: string; readonly url: string }
  | { readonly acknowledged: number };

const tell = (message: HubMessage) => process.send?.(message);

const server = await startEmbeddedPostgres({ dataDir: process.argv[2] as string });
const database = createDatabase({ url: server.url, schema: 'public' });
await database.query('create table if not exists written (n int primary key)');
tell({ origin: server.origin, url: server.url });
const [last] = await database.query<{ n: number }>('select coalesce(max(n), 0) as n from written');
for (let n = (last?.n ?? 0) + 1; ; n++) {
  await database.query('insert into written values ($1)', [n]);
  tell({ acknowledged: n });
}
