/** Rows as the driver returns them: column name to value (`int8` and `numeric` as strings, `timestamptz` as Date). */
export type Row = Record<string, unknown>;

/** Something that runs SQL: the database or a transaction on it. */
export interface SqlRunner {
  /**
   * Runs one parameterised statement and returns its rows.
   * @throws DeskgraphError DATABASE_UNAVAILABLE (retryable) when no connection can be had in time;
   *   errors of the statement itself keep PostgreSQL's SQLSTATE in `cause.code`.
   */
  query<R extends Row = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

/** A plugin's own PostgreSQL schema. Unqualified names resolve to it. */
export interface Database extends SqlRunner {
  /** The schema's name, `plugin_<id>`. */
  readonly schema: string;
  /**
   * Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it
   * rejects. Nothing is acknowledged before the commit is durable.
   */
  transaction<T>(work: (tx: SqlRunner) => Promise<T>): Promise<T>;
}
