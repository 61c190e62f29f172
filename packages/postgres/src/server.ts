/**
 * A PostgreSQL server that the hub can use: its own embedded one, which is started again on its port when it is
 * killed, or one the operator runs.
 */
export interface PostgresServer extends AsyncDisposable {
  readonly kind: 'embedded' | 'external';
  /** Connection string of a database that exists. */
  readonly url: string;
  /** How it was come by: `started`, `adopted` (a live postmaster left by a killed hub) or `given`. */
  readonly origin: 'started' | 'adopted' | 'given';
  /** Server version, `18.4`. */
  readonly version: string;
  /** Stops an embedded server (fast shutdown, then immediate); leaves an external one alone. Idempotent, below 10 s. */
  stop(): Promise<void>;
}
