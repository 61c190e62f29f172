import {
  DeskgraphError,
  type Logger,
  type Row,
  type SqlDatabase,
  type SqlRunner,
} from '@deskgraph/plugin-sdk';
import pg from 'pg';
import { databaseUnavailable, isConnectionFailure } from './connection-failure.js';
import { connectionSettings } from './connection-settings.js';
import { Transaction } from './transaction.js';

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

const defaultMaxConnections = 10;
const defaultConnectTimeoutMs = 5_000;
/** Longest statement, so that one runaway query does not hold a connection for ever. */
const statementTimeoutMs = 30_000;
/** How long the driver waits for an answer: longer, so that it only ends what a vanished server cannot. */
const answerTimeoutMs = statementTimeoutMs + 5_000;
/** A transaction that its owner forgot is ended after this long; it would hold back every cursor. */
const idleInTransactionMs = 30_000;
/** How long closing waits for statements in flight. */
const closeTimeoutMs = 5_000;

/**
 * Opens a pool on one schema. Connections are made on demand; a server that went away is found again. Statements
 * are ended after 30 s, transactions idle between statements too. Disposing waits up to 5 s for what is in flight.
 */
export function createDatabase(options: DatabaseOptions): SqlDatabase & AsyncDisposable {
  return new PooledDatabase(options);
}

/** Knows of each connection whether it was lost: such a one is never used again. */
class PooledDatabase implements SqlDatabase, AsyncDisposable {
  readonly schema: string;
  readonly #pool: pg.Pool;
  readonly #maxConnections: number;
  readonly #clients = new Set<pg.PoolClient>();
  /** Why connections were lost. */
  readonly #lost = new WeakMap<pg.PoolClient, Error>();
  #closing: Promise<void> | undefined;

  constructor({ url, schema, log, ...limits }: DatabaseOptions) {
    this.schema = schema;
    this.#maxConnections = limits.maxConnections ?? defaultMaxConnections;
    this.#pool = new pg.Pool({
      ...connectionSettings(url, schema),
      max: this.#maxConnections,
      connectionTimeoutMillis: limits.connectTimeoutMs ?? defaultConnectTimeoutMs,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
      statement_timeout: statementTimeoutMs,
      query_timeout: answerTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
    });
    // Without listeners, on idle connections and on those in use, a killed server would end this process.
    this.#pool.on('error', (error) => log?.warn({ error }, 'a database connection was lost'));
    this.#pool.on('connect', (client) => {
      this.#clients.add(client);
      client.on('error', (error) => this.#lost.set(client, error));
    });
    this.#pool.on('remove', (client) => this.#clients.delete(client));
  }

  async query<R extends Row = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    const client = await this.#connect();
    try {
      return (await this.#run<R>(client, sql, params)).rows;
    } finally {
      client.release(this.#lost.has(client));
    }
  }

  async transaction<T>(work: (tx: SqlRunner) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const tx = new Transaction((sql, params) => this.#run(client, sql, params));
    try {
      await this.#run(client, 'begin');
      const result = await work(tx);
      await this.#commit(client, tx);
      return result;
    } catch (error) {
      if (!this.#lost.has(client)) await this.#run(client, 'rollback').catch(() => {});
      throw error;
    } finally {
      tx.end();
      client.release(this.#lost.has(client));
    }
  }

  /** Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Ending a client in mid-statement cuts its connection.
    const giveUp = setTimeout(() => {
      for (const client of this.#clients) {
        this.#lost.set(client, new Error('the database was closed with the statement in flight'));
        (client as unknown as pg.Client).end().catch(() => {});
      }
    }, closeTimeoutMs);
    await this.#pool.end().finally(() => clearTimeout(giveUp));
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (cause) {
      const { totalCount, idleCount } = this.#pool;
      const exhausted = totalCount >= this.#maxConnections && idleCount === 0;
      throw databaseUnavailable(
        exhausted
          ? `All ${totalCount} database connections of schema ${this.schema} are in use`
          : 'No database connection',
        cause,
      );
    }
  }

  async #run<R extends Row>(
    client: pg.PoolClient,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<pg.QueryResult<R>> {
    try {
      return await client.query<R>(sql, params as unknown[]);
    } catch (error) {
      if (isConnectionFailure(error) && !this.#lost.has(client)) this.#lost.set(client, error as Error);
      const loss = this.#lost.get(client);
      throw loss === undefined
        ? asInputError(error)
        : databaseUnavailable('The database connection was lost', loss);
    }
  }

  async #commit(client: pg.PoolClient, tx: Transaction): Promise<void> {
    tx.end();
    let command: string;
    try {
      ({ command } = await this.#run(client, 'commit'));
    } catch (error) {
      const loss = this.#lost.get(client);
      throw loss === undefined
        ? error
        : databaseUnavailable('The connection was lost during commit; whether it happened is unknown', loss);
    }
    // PostgreSQL answers the commit of a failed transaction with a rollback, and without an error.
    if (command !== 'COMMIT') throw tx.failure ?? new Error('The transaction was rolled back.');
  }
}

/** Any client can send a U+0000 in an id or a search; that is their mistake and no failure (SQLSTATE 22021). */
function asInputError(error: unknown): unknown {
  if ((error as { code?: unknown }).code !== '22021') return error;
  return new DeskgraphError('BAD_USER_INPUT', 'A text contains U+0000, which PostgreSQL does not store.', {
    cause: error,
  });
}
