import { type Database, DeskgraphError, type Logger, type Row, type SqlRunner } from '@deskgraph/plugin-sdk';
import pg from 'pg';

/** How a plugin's database is opened. */
export interface DatabaseOptions {
  /** Connection string. */
  readonly url: string;
  /** Schema that unqualified names resolve to. */
  readonly schema: string;
  /** Connections at most, default 10. */
  readonly maxConnections?: number;
  /** How long to wait for a connection, default 5 000 ms. */
  readonly connectTimeoutMs?: number;
  readonly log?: Logger;
}

/** Longest statement, so that one runaway query does not hold a connection for ever. */
const statementTimeoutMs = 30_000;
/** A transaction that its owner forgot is ended after this long; it would hold back every cursor. */
const idleInTransactionMs = 30_000;

/** Opens a pool on one schema. Connections are made on demand; a server that went away is found again. */
export function createDatabase(options: DatabaseOptions): Database & AsyncDisposable {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    options: `-c search_path=${options.schema}`,
  });
  // Without a listener, a killed server would end this process.
  pool.on('error', (error) => options.log?.warn({ error }, 'a database connection was lost'));
  return new PooledDatabase(options.schema, pool);
}

class PooledDatabase implements Database, AsyncDisposable {
  constructor(
    readonly schema: string,
    private readonly pool: pg.Pool,
  ) {}

  async query<R extends Row = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    const client = await this.connect();
    let failure: Error | undefined;
    try {
      return await run<R>(client, sql, params);
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      client.release(isConnectionLoss(failure));
    }
  }

  async transaction<T>(work: (tx: SqlRunner) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let broken = false;
    try {
      await run(client, 'begin', []);
      const result = await work({ query: (sql, params = []) => run(client, sql, params) });
      await run(client, 'commit', []);
      return result;
    } catch (error) {
      broken =
        isConnectionLoss(error) ||
        (await client.query('rollback').then(
          () => false,
          () => true,
        ));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }

  private async connect(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

async function run<R extends Row>(
  client: pg.PoolClient,
  sql: string,
  params: readonly unknown[],
): Promise<R[]> {
  try {
    return (await client.query(sql, params as unknown[])).rows as R[];
  } catch (error) {
    throw isConnectionLoss(error) ? unavailable(error) : error;
  }
}

/** SQLSTATE class 08 and 57P: the connection or the server is gone; without SQLSTATE it was the socket. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code;
  if (code === 'DATABASE_UNAVAILABLE') return true;
  return code === undefined ? !('severity' in error) : /^(08|57P0|ECONN|EPIPE)/.test(code);
}

function unavailable(cause: unknown): DeskgraphError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DeskgraphError('DATABASE_UNAVAILABLE', `No database connection: ${reason}.`, { cause });
}
