import { DeskgraphError, type Row, type SqlRunner } from '@deskgraph/plugin-sdk';
import type pg from 'pg';

type Run = <R extends Row>(sql: string, params?: readonly unknown[]) => Promise<pg.QueryResult<R>>;

/** Runs statements until the transaction ends: one sent after that would run in somebody else's. */
export class Transaction implements SqlRunner {
  /** The first statement's failure. */
  failure: unknown;
  #ended = false;

  constructor(private readonly run: Run) {}

  /** Refuses statements from now on. */
  end(): void {
    this.#ended = true;
  }

  /** @throws DeskgraphError INTERNAL_ERROR after the end; else as the database's `query` */
  async query<R extends Row = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    if (this.#ended) {
      throw new DeskgraphError(
        'INTERNAL_ERROR',
        'A statement was sent to a transaction that has ended. Await every query within the work given to transaction().',
      );
    }
    try {
      return (await this.run<R>(sql, params)).rows;
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }
}
