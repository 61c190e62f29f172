import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { Redis } from 'ioredis';
import { checkEnvelope } from '../../check-envelope.js';
import type { EventEnvelope } from '../../envelope.js';
import { envelopeText } from '../../envelope-text.js';
import type {
  BusCapabilities,
  ConsumeOptions,
  Consumer,
  EventBus,
  EventHandler,
  PositionedEvent,
  Tail,
} from '../../event-bus.js';
import { GroupRunners } from '../../groups/group-runners.js';
import { partitionOf } from '../../partition.js';
import type { Position } from '../../position.js';
import { answered, connect, ready } from './connection.js';
import { Keys } from './keys.js';
import { publishScript } from './publish-script.js';
import { RedisAdministration } from './redis-administration.js';
import { RedisGroupLog } from './redis-group-log.js';
import { TopicChannels } from './topic-channels.js';
import { TopicHistory } from './topic-history.js';
import { Trimming } from './trimming.js';

/** How the bus is opened. */
export interface RedisBusOptions {
  /** `redis://` or `rediss://`; Redis 7 or later. */
  readonly url: string;
  /** Names of keys begin with it in braces, default `deskgraph`. */
  readonly prefix?: string;
  readonly log?: Logger;
  /** How long a consumer's lease of a partition lasts, default 10 000 ms. */
  readonly leaseMs?: number;
}

const defaultMaxBuffered = 1024;
/** Events that one script publishes: others wait while it runs. */
const publishedAtOnce = 100;

/**
 * The bus on Redis: a stream for each partition is the log that consumer groups read, a stream for each topic its history,
 * a channel for each topic the live path, all three written by one script (schema/EVENTS.md, section 7).
 */
export class RedisBus implements EventBus {
  readonly capabilities: BusCapabilities = { durable: true, shared: true, deduplicates: true };
  readonly administration: RedisAdministration;
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #readers = new Set<Redis>();
  readonly #keys: Keys;
  readonly #history: TopicHistory;
  readonly #channels: TopicChannels;
  readonly #groups: GroupRunners;
  readonly #trimming: Trimming;
  #closing: Promise<void> | undefined;

  /** @throws DeskgraphError EVENT_BUS_UNAVAILABLE when Redis cannot be reached within 5 s */
  static async open(options: RedisBusOptions): Promise<RedisBus> {
    const bus = new RedisBus(options);
    try {
      await answered(Promise.all([ready(bus.#redis), ready(bus.#subscriber)]));
      await answered(bus.#history.epoch());
      return bus;
    } catch (error) {
      await bus.close();
      throw error;
    }
  }

  private constructor({ url, prefix = 'deskgraph', log, leaseMs }: RedisBusOptions) {
    const keys = new Keys(prefix);
    const redis = connect({ url, log, use: 'commands' });
    this.#keys = keys;
    this.#redis = redis;
    this.#subscriber = connect({ url, log, use: 'waiting' });
    this.#history = new TopicHistory(redis, keys);
    this.#channels = new TopicChannels(this.#subscriber, this.#history, keys, log);
    this.#groups = new GroupRunners(
      (group, types) => {
        const reader = connect({ url, log, use: 'waiting' });
        this.#readers.add(reader);
        reader.once('end', () => this.#readers.delete(reader));
        return new RedisGroupLog({ redis, reader, keys, group, types });
      },
      { log, leaseMs },
    );
    this.#trimming = new Trimming(redis, keys, log);
    this.administration = new RedisAdministration(redis, keys);
  }

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    this.#assertOpen();
    const args = events.map((event) => {
      const text = envelopeText(checkEnvelope(event));
      return [partitionOf(event.partitionkey), `${event.source} ${event.id}`, event.topic, text];
    });
    const publishing: Promise<unknown>[] = [];
    // Sent one behind the other on one connection, so that order is kept.
    for (let from = 0; from < args.length; from += publishedAtOnce) {
      const chunk = args.slice(from, from + publishedAtOnce).flat();
      publishing.push(publishScript.run(this.#redis, [this.#keys.epoch], [this.#keys.tag, ...chunk]));
    }
    await answered(Promise.all(publishing));
  }

  async tail(topic: string, options: { readonly maxBuffered?: number } = {}): Promise<Tail> {
    this.#assertOpen();
    return this.#channels.open(topic, options.maxBuffered ?? defaultMaxBuffered);
  }

  async *history(topic: string, after: Position): AsyncGenerator<PositionedEvent> {
    this.#assertOpen();
    yield* this.#history.after(topic, after);
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
    this.#channels.close();
    await this.#groups.close();
    await this.#trimming.stop();
    for (const connection of [this.#redis, this.#subscriber, ...this.#readers]) connection.disconnect();
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new DeskgraphError('EVENT_BUS_UNAVAILABLE', 'The event bus is closed.');
  }
}
