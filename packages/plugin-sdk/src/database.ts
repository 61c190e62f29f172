import type { DeclaredEvents, NoEvents } from './declared-events.js';
import type { EventPublisher } from './event-publisher.js';

/** Rows as the driver returns them: column name to value (`int8` and `numeric` as strings, `timestamptz` as Date). */
export type Row = Record<string, unknown>;

/** Something that runs SQL: the database or a transaction on it. */
export interface SqlRunner {
  /**
   * Runs one parameterised statement and returns its rows.
   * @throws DeskgraphError DATABASE_UNAVAILABLE (retryable) when no connection can be had in time; BAD_USER_INPUT
   *   for a parameter with U+0000, which PostgreSQL does not store;
   *   errors of the statement itself are the driver's, with PostgreSQL's SQLSTATE in `code`.
   */
  query<R extends Row = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

/** A PostgreSQL schema. Unqualified names resolve to it. */
export interface SqlDatabase<Tx extends SqlRunner = SqlRunner> extends SqlRunner {
  /** The schema's name: `plugin_<id>` for a plugin. */
  readonly schema: string;
  /**
   * Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it
   * rejects, or when one of its statements failed, even if `work` caught that. Nothing is acknowledged before the
   * commit is durable. After a DATABASE_UNAVAILABLE the message says when it is unknown whether it was committed.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/**
 * A transaction of a plugin: what it writes and what it publishes become true together. `Events`: the plugin's
 * `PluginEvents`; default: none.
 */
export interface Transaction<Events extends DeclaredEvents = NoEvents> extends SqlRunner {
  /** Publishes when the transaction commits, and only then (schema/EVENTS.md, section 3). */
  readonly events: EventPublisher<Events>;
}

/** A plugin's own PostgreSQL schema. `Events`: the plugin's `PluginEvents`; default: none. */
export type Database<Events extends DeclaredEvents = NoEvents> = SqlDatabase<Transaction<Events>>;
