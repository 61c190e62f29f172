import { setTimeout as delay } from 'node:timers/promises';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { checkEnvelope } from '../check-envelope.js';
import type { EventEnvelope } from '../envelope.js';
import type {
  BusCapabilities,
  Consumer,
  EventBus,
  EventHandler,
  PositionedEvent,
  Tail,
} from '../event-bus.js';
import type { Position } from '../position.js';
import { ConsumerGroup } from './consumer-group.js';
import { MemoryLog } from './memory-log.js';
import { TailsByTopic } from './tails-by-topic.js';

const defaultMaxBuffered = 1024;
const maxHistory = 10_000;
const closeTimeoutMs = 5_000;

/**
 * The bus of a single process: delivers at once, and remembers the last 10 000 events. A consumer's failed event is
 * logged and dropped; drivers with storage retry it. Events that wait for a slow handler are held in memory without
 * bound, because there is nowhere else for them.
 */
export class MemoryBus implements EventBus {
  readonly capabilities: BusCapabilities = { durable: false, shared: false, deduplicates: false };
  readonly administration = null;
  readonly #history = new MemoryLog(maxHistory);
  readonly #tails = new TailsByTopic();
  readonly #groups = new Map<string, ConsumerGroup>();
  #closing: Promise<void> | undefined;

  constructor(private readonly log?: Logger) {}

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    this.#assertOpen();
    for (const event of events) checkEnvelope(event);
    for (const event of events) this.#deliver(event);
  }

  async tail(topic: string, options: { readonly maxBuffered?: number } = {}): Promise<Tail> {
    this.#assertOpen();
    return this.#tails.open(topic, this.#history.end, options.maxBuffered ?? defaultMaxBuffered);
  }

  async *history(topic: string, after: Position): AsyncGenerator<PositionedEvent> {
    this.#assertOpen();
    yield* this.#history.after(topic, after);
  }

  async consume(group: string, types: readonly string[], handler: EventHandler): Promise<Consumer> {
    this.#assertOpen();
    const consumers = this.#groups.get(group) ?? new ConsumerGroup(group, this.log);
    this.#groups.set(group, consumers);
    return consumers.add(types, handler);
  }

  close(): Promise<void> {
    this.#closing = this.#closing ?? this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#tails.close();
    const handlersDone = Promise.all([...this.#groups.values()].map((group) => group.close()));
    const deadline = new AbortController();
    await Promise.race([handlersDone, delay(closeTimeoutMs, undefined, deadline)]);
    deadline.abort();
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new DeskgraphError('EVENT_BUS_UNAVAILABLE', 'The event bus is closed.');
  }

  #deliver(event: EventEnvelope): void {
    const positioned = this.#history.append(event);
    this.#tails.push(positioned);
    for (const group of this.#groups.values()) group.deliver(event);
  }
}
