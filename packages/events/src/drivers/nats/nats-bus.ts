import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
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
import type { Position } from '../../position.js';
import { TailsByTopic } from '../tails-by-topic.js';
import { DeadLetters } from './dead-letters.js';
import { EventScan } from './event-scan.js';
import { GroupRecords } from './group-records.js';
import { JetStreamConnection, type JetStreamOptions } from './jetstream-connection.js';
import { NatsAdministration } from './nats-administration.js';
import { NatsGroupLog } from './nats-group-log.js';
import { Publisher } from './publisher.js';
import { ReadingSlots } from './reading-slots.js';
import { RecentEvents } from './recent-events.js';
import type { StoredEvent } from './stored-event.js';
import { StreamFollower } from './stream-follower.js';
import { topicHistory } from './topic-history.js';

/** How the bus is opened. */
export interface NatsBusOptions extends JetStreamOptions {
  readonly log?: Logger | undefined;
  /** How long a consumer's lease of a partition lasts, default 10 000 ms. */
  readonly leaseMs?: number | undefined;
}

const defaultMaxBuffered = 1024;
/** That the server reads, because they reach further back than memory. */
const historiesAtOnce = 4;
const historiesWaiting = 2_000;

/**
 * The bus on NATS JetStream (schema/EVENTS.md, section 7): one stream has all events, every process follows it with
 * one consumer of its own, and hands out what its tails and groups want. For nats-server 2.9 and later, with -js.
 */
export class NatsBus implements EventBus {
  readonly capabilities: BusCapabilities = { durable: true, shared: true, deduplicates: true };
  readonly administration: NatsAdministration;
  readonly #publisher: Publisher;
  readonly #follower: StreamFollower;
  readonly #recent = new RecentEvents();
  readonly #tails = new TailsByTopic();
  readonly #frontier = new Frontier();
  readonly #slots = new ReadingSlots(historiesAtOnce, historiesWaiting);
  readonly #groups: GroupRunners;
  /** The last event that this process published. */
  #accepted = 0;
  #closing: Promise<void> | undefined;

  /**
   * Connects, makes the streams that are missing, and begins to follow events.
   * @throws DeskgraphError EVENT_BUS_UNAVAILABLE, CONFIG_INVALID
   */
  static async open(options: NatsBusOptions): Promise<NatsBus> {
    const connection = await JetStreamConnection.open(options);
    const bus = new NatsBus(connection, options);
    try {
      await bus.#follower.start();
      return bus;
    } catch (error) {
      await bus.close();
      throw error;
    }
  }

  private constructor(
    private readonly connection: JetStreamConnection,
    { log, leaseMs }: NatsBusOptions,
  ) {
    const records = new GroupRecords(connection);
    const deadLetters = new DeadLetters(connection);
    this.#follower = new StreamFollower({
      connection,
      onEvent: (event, bytes) => this.#take(event, bytes),
      onGap: (after) => this.#onGap(after),
      log,
    });
    this.#publisher = new Publisher(connection, (sequence) => {
      this.#accepted = Math.max(this.#accepted, sequence);
    });
    this.#groups = new GroupRunners(
      (group, types) =>
        new NatsGroupLog({
          connection,
          follower: this.#follower,
          frontier: this.#frontier,
          records,
          deadLetters,
          scan: new EventScan(connection, this.#recent),
          group,
          types,
        }),
      { log, leaseMs },
    );
    this.administration = new NatsAdministration({
      connection,
      records,
      letters: deadLetters,
      publisher: this.#publisher,
    });
  }

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    this.#assertOpen();
    await this.#publisher.publish(events);
  }

  /** It begins behind what this process has published, although that may not have come back yet. */
  async tail(topic: string, options: { readonly maxBuffered?: number } = {}): Promise<Tail> {
    this.#assertOpen();
    const sequence = Math.max(this.#follower.position, this.#accepted);
    const start = { epoch: this.#follower.epoch, sequence };
    return this.#tails.open(topic, start, options.maxBuffered ?? defaultMaxBuffered);
  }

  async *history(topic: string, after: Position): AsyncGenerator<PositionedEvent> {
    this.#assertOpen();
    yield* topicHistory(topic, after, {
      connection: this.connection,
      follower: this.#follower,
      recent: this.#recent,
      slots: this.#slots,
    });
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
    this.connection.hurry();
    this.#tails.close();
    await this.#groups.close();
    await this.#follower.stop();
    await this.connection[Symbol.asyncDispose]();
  }

  #take(stored: StoredEvent, bytes: number): void {
    const { event, sequence, forGroup } = stored;
    this.#recent.add(stored, bytes);
    if (forGroup === null) this.#tails.push({ event, position: { epoch: this.#follower.epoch, sequence } });
    this.#frontier.move();
  }

  #onGap(after: number): void {
    this.#recent.clear(after);
    this.#accepted = 0;
    this.#tails.end(historyGone());
    this.#frontier.move();
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new DeskgraphError('EVENT_BUS_UNAVAILABLE', 'The event bus is closed.');
  }
}
