import pg from 'pg';
import type { Migration } from './migration-files.js';

/** The table, in the schema itself, of what was applied. */
export class MigrationRecord {
  readonly #schema: string;
  readonly #table: string;

  constructor(
    private readonly client: pg.Client,
    private readonly schema: string,
  ) {
    this.#schema = pg.escapeIdentifier(schema);
    this.#table = `${this.#schema}.schema_migration`;
  }

  /**
   * Runs the work in one transaction that no other process shares the schema's migrations with. The lock lives as
   * long as the transaction, so that a killed process cannot keep it. The work gets the checksums of the files
   * applied; null for one announced.
   */
  async inLockedTransaction<T>(work: (known: ReadonlyMap<string, string | null>) => Promise<T>): Promise<T> {
    await this.client.query('begin');
    try {
      await this.client.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        `deskgraph.migrate.${this.schema}`,
      ]);
      // A file may have changed it for the whole session, as those that pg_dump writes do.
      await this.client.query(`set local search_path = ${this.#schema}`);
      const result = await work(await this.#read());
      await this.client.query('commit');
      return result;
    } catch (error) {
      await this.client.query('rollback').catch(() => {});
      throw error;
    }
  }

  /** Remembers that a file is to be applied. */
  async announce(file: string): Promise<void> {
    await this.client.query(`insert into ${this.#table} (file, checksum) values ($1, null)`, [file]);
  }

  /** Remembers a file as applied. */
  async add({ file, checksum }: Migration): Promise<void> {
    await this.client.query(
      `insert into ${this.#table} (file, checksum) values ($1, $2)
       on conflict (file) do update set checksum = excluded.checksum, applied_at = now()`,
      [file, checksum],
    );
  }

  async #read(): Promise<Map<string, string | null>> {
    await this.#create();
    const { rows } = await this.client.query(`select file, checksum from ${this.#table}`);
    return new Map(rows.map((row) => [row.file as string, row.checksum as string | null]));
  }

  /** Asks first: `create schema if not exists` needs the right to create one even where it exists. */
  async #create(): Promise<void> {
    const { rows } = await this.client.query(
      `select to_regnamespace($1) is not null as has_schema, to_regclass($2) is not null as has_table`,
      [this.#schema, this.#table],
    );
    if (!rows[0].has_schema) await this.client.query(`create schema ${this.#schema}`);
    if (rows[0].has_table) return;
    await this.client.query(
      `create table ${this.#table} (file text primary key, checksum text, applied_at timestamptz not null default now())`,
    );
  }
}
