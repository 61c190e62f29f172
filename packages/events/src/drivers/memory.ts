import { setTimeout as delay } from 'node:timers/promises';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { BufferedTail } from '../buffered-tail.js';
import { checkEnvelope } from '../check-envelope.js';
import type { EventEnvelope } from '../envelope.js';
import type { BusCapabilities, Consumer, EventBus, EventHandler, Tail } from '../event-bus.js';
import { ConsumerGroup } from './consumer-group.js';

const defaultMaxBuffered = 1024;
const closeTimeoutMs = 5_000;

/**
 * The bus of a single process: delivers at once, keeps nothing. A consumer's failed event is logged and
 * dropped; drivers with storage retry it. Events that wait for a slow handler are held in memory without bound,
 * because there is nowhere else for them.
 */
export class MemoryBus implements EventBus {
  readonly capabilities: BusCapabilities = { durable: false, resume: false };
  readonly #tails = new Map<string, Set<BufferedTail>>();
  readonly #groups = new Map<string, ConsumerGroup>();
  #position = 0;
  #closing: Promise<void> | undefined;

  constructor(private readonly log?: Logger) {}

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    this.#assertOpen();
    for (const event of events) checkEnvelope(event);
    for (const event of events) this.#deliver(event);
  }

  async tail(topics: readonly string[], options: { readonly maxBuffered?: number } = {}): Promise<Tail> {
    this.#assertOpen();
    const tail: BufferedTail = new BufferedTail(options.maxBuffered ?? defaultMaxBuffered, () =>
      this.#removeTail(topics, tail),
    );
    for (const topic of topics) {
      const tails = this.#tails.get(topic) ?? new Set();
      this.#tails.set(topic, tails.add(tail));
    }
    return tail;
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
    for (const tails of [...this.#tails.values()]) for (const tail of [...tails]) tail.close();
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
    const positioned = { event, position: String(++this.#position) };
    for (const tail of this.#tails.get(event.topic) ?? []) tail.push(positioned);
    for (const group of this.#groups.values()) group.deliver(event);
  }

  #removeTail(topics: readonly string[], tail: BufferedTail): void {
    for (const topic of topics) {
      const tails = this.#tails.get(topic);
      tails?.delete(tail);
      if (tails?.size === 0) this.#tails.delete(topic);
    }
  }
}
