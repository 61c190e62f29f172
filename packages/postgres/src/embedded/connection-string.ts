import { type Cluster, superuser } from './cluster.js';
import type { Postmaster } from './postmaster.js';

/** The database that the hub uses on its embedded server. */
export const databaseName = 'deskgraph';

/** `sslmode` keeps a PGSSLMODE of the user's shell from being applied to the loopback connection. */
export function connectionString(
  { port }: Pick<Postmaster, 'port'>,
  { password }: Cluster,
  database: string,
): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}
