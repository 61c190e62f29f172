import type { Logger, SqlDatabase, SqlRunner } from '@deskgraph/plugin-sdk';
import { createDatabase } from '@deskgraph/postgres';
import type { EventEnvelope } from '../../envelope.js';
import type { EventBus } from '../../event-bus.js';
import type { Outbox } from '../../outbox.js';
import { EventLog } from './event-log.js';
import { eventSchema, migrateEvents } from './event-schema.js';
import { OutboxWriter } from './outbox-writer.js';
import { Relay } from './relay.js';
import { Retention } from './retention.js';

/** How the outbox is opened. */
export interface RelayedOutboxOptions {
  /** Connection string; the outbox is in the schema `deskgraph_events`. */
  readonly databaseUrl: string;
  /** Where events go. */
  readonly bus: Pick<EventBus, 'publish'>;
  readonly log?: Logger;
  /** How often to look for what nobody woke it for, default 500 ms. */
  readonly pollMs?: number;
}

/** The outbox in PostgreSQL before a bus of its own: Redis or NATS. */
export class RelayedOutbox implements Outbox, AsyncDisposable {
  readonly #writer: OutboxWriter;
  readonly #relay: Relay;
  readonly #retention: Retention;

  /** @throws DeskgraphError MIGRATION_FAILED, DATABASE_UNAVAILABLE */
  static async open(options: RelayedOutboxOptions): Promise<RelayedOutbox> {
    await migrateEvents(options.databaseUrl);
    const { databaseUrl: url, log } = options;
    return new RelayedOutbox(createDatabase({ url, schema: eventSchema, ...(log && { log }) }), options);
  }

  private constructor(
    private readonly database: SqlDatabase & AsyncDisposable,
    { bus, log, pollMs }: RelayedOutboxOptions,
  ) {
    this.#relay = new Relay({ log: new EventLog(database), bus, logger: log, pollMs });
    this.#writer = new OutboxWriter(database, () => this.#relay.wake());
    this.#retention = new Retention(database, log);
  }

  append(tx: SqlRunner, events: readonly EventEnvelope[]): Promise<number> {
    return this.#writer.append(tx, events);
  }

  store(events: readonly EventEnvelope[]): Promise<number> {
    return this.#writer.store(events);
  }

  committed(): void {
    this.#writer.committed();
  }

  /** Publishes what it can within the batch at hand; the rest is published by whoever comes next. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#relay.stop();
    await this.#retention.stop();
    await this.database[Symbol.asyncDispose]();
  }
}
