import { randomUUID } from 'node:crypto';
import { DeskgraphError, type Logger, type SqlDatabase, type SqlRunner } from '@deskgraph/plugin-sdk';
import { createDatabase, NotificationListener } from '@deskgraph/postgres';
import type { EventEnvelope } from '../../envelope.js';
import type {
  BusCapabilities,
  ConsumeOptions,
  Consumer,
  EventBus,
  EventHandler,
  PositionedEvent,
  Tail,
} from '../../event-bus.js';
import { Frontier } from '../../groups/frontier.js';
import { GroupRunners } from '../../groups/group-runners.js';
import { historyGone } from '../../history-gone.js';
import type { Outbox } from '../../outbox.js';
import type { Position } from '../../position.js';
import { TailsByTopic } from '../tails-by-topic.js';
import { Announcement } from './announcement.js';
import { EventLog, type LogHead } from './event-log.js';
import { eventSchema, migrateEvents } from './event-schema.js';
import { LogFollower } from './log-follower.js';
import { OutboxWriter } from './outbox-writer.js';
import { PostgresAdministration } from './postgres-administration.js';
import { PostgresGroupLog } from './postgres-group-log.js';
import { Retention } from './retention.js';

/** How the bus is opened. */
export interface PostgresBusOptions {
  /** Connection string; the bus keeps its tables in the schema `deskgraph_events`. */
  readonly databaseUrl: string;
  readonly log?: Logger;
  /** How often to look for what nobody woke it for, default 500 ms. */
  readonly pollMs?: number;
  /** How long a consumer's lease of a partition lasts, default 10 000 ms. */
  readonly leaseMs?: number;
}

const defaultMaxBuffered = 1024;
const historyPage = 500;

/**
 * The bus without another server: the outbox in PostgreSQL is the log (schema/EVENTS.md, section 7). Publishing gives
 * events that are committed the next positions; every process follows the positions, woken by NOTIFY.
 */
export class PostgresBus implements EventBus, Outbox {
  readonly capabilities: BusCapabilities = { durable: true, shared: true, deduplicates: true };
  readonly administration: PostgresAdministration;
  readonly #events: EventLog;
  readonly #writer: OutboxWriter;
  readonly #follower: LogFollower;
  readonly #tails = new TailsByTopic();
  readonly #frontier = new Frontier();
  readonly #groups: GroupRunners;
  readonly #announcement: Announcement;
  readonly #listener: NotificationListener;
  readonly #retention: Retention;
  #closing: Promise<void> | undefined;

  /**
   * Migrates the schema and begins to follow the log.
   * @throws DeskgraphError MIGRATION_FAILED, DATABASE_UNAVAILABLE
   */
  static async open(options: PostgresBusOptions): Promise<PostgresBus> {
    const { databaseUrl: url, log } = options;
    await migrateEvents(url);
    const database = createDatabase({ url, schema: eventSchema, ...(log && { log }) });
    try {
      return new PostgresBus(options, database, await new EventLog(database).head());
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(
    options: PostgresBusOptions,
    private readonly database: SqlDatabase & AsyncDisposable,
    private readonly head: LogHead,
  ) {
    const { databaseUrl: url, log, pollMs, leaseMs } = options;
    const events = new EventLog(database);
    this.#events = events;
    this.#announcement = new Announcement(database, randomUUID());
    this.#follower = new LogFollower({
      log: events,
      head,
      onEvent: ({ position, event, forGroup }) => {
        if (forGroup === null) this.#tails.push({ event, position: this.#at(position) });
      },
      onPublished: () => this.#announcement.make(),
      onMoved: () => this.#frontier.move(),
      logger: log,
      pollMs,
    });
    this.#writer = new OutboxWriter(database, () => this.#follower.wake());
    this.#groups = new GroupRunners(
      (group, types) =>
        new PostgresGroupLog({
          log: events,
          group,
          types,
          frontier: () => this.#follower.position,
          moved: (timeoutMs, signal) => this.#frontier.moved(timeoutMs, signal),
        }),
      { log, leaseMs },
    );
    this.#listener = new NotificationListener({
      url,
      channel: this.#announcement.channel,
      onNotify: (by) => {
        if (!this.#announcement.isOwn(by)) this.#follower.wake();
      },
      log,
    });
    this.#retention = new Retention(database, log);
    this.administration = new PostgresAdministration(database, () => this.#follower.wake());
  }

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    this.#assertOpen();
    await this.#writer.store(events);
    await this.#follower.settle();
  }

  async append(tx: SqlRunner, events: readonly EventEnvelope[]): Promise<number> {
    this.#assertOpen();
    return this.#writer.append(tx, events);
  }

  async store(events: readonly EventEnvelope[]): Promise<number> {
    this.#assertOpen();
    return this.#writer.store(events);
  }

  committed(): void {
    this.#writer.committed();
  }

  async tail(topic: string, options: { readonly maxBuffered?: number } = {}): Promise<Tail> {
    this.#assertOpen();
    const start = this.#at(this.#follower.position);
    return this.#tails.open(topic, start, options.maxBuffered ?? defaultMaxBuffered);
  }

  async *history(topic: string, { epoch, sequence }: Position): AsyncGenerator<PositionedEvent> {
    this.#assertOpen();
    const head = await this.#events.head();
    if (epoch !== head.epoch || sequence > head.lastPosition || sequence < head.prunedThrough)
      throw historyGone();
    for (let after = sequence; ; ) {
      const page = await this.#events.ofTopic(topic, after, head.lastPosition, historyPage);
      for (const { event, position } of page) yield { event, position: this.#at(position) };
      const last = page.at(-1);
      if (last === undefined || page.length < historyPage) return;
      after = last.position;
    }
  }

  async consume(
    group: string,
    types: readonly string[],
    handler: EventHandler,
    options: ConsumeOptions = {},
  ): Promise<Consumer> {
    this.#assertOpen();
    return this.#groups.consume(group, types, handler, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#tails.close();
    await this.#groups.close();
    await this.#follower.stop();
    await this.#announcement.stop();
    await this.#retention.stop();
    await this.#listener[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }

  #at(sequence: number): Position {
    return { epoch: this.head.epoch, sequence };
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new DeskgraphError('EVENT_BUS_UNAVAILABLE', 'The event bus is closed.');
  }
}
