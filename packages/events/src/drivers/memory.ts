import type { Logger } from '@deskgraph/plugin-sdk';
import { BufferedTail } from '../buffered-tail.js';
import { checkEnvelope } from '../create-event.js';
import type { EventEnvelope } from '../envelope.js';
import type { BusCapabilities, Consumer, EventBus, EventHandler, Tail } from '../event-bus.js';

const defaultMaxBuffered = 1024;

/**
 * The bus of a single process: delivers at once, keeps nothing. A consumer's failed event is logged and
 * dropped; drivers with storage retry it.
 */
export class MemoryBus implements EventBus {
  readonly capabilities: BusCapabilities = { durable: false, resume: false };
  readonly #tails = new Map<string, Set<BufferedTail>>();
  readonly #groups = new Map<string, ConsumerGroup>();
  #position = 0;

  constructor(private readonly log?: Logger) {}

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    events.forEach(checkEnvelope);
    for (const event of events) this.#deliver(event);
  }

  async tail(topics: readonly string[], options: { readonly maxBuffered?: number } = {}): Promise<Tail> {
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
    const consumers = this.#groups.get(group) ?? new ConsumerGroup(group, this.log);
    this.#groups.set(group, consumers);
    return consumers.add(types, handler);
  }

  async close(): Promise<void> {
    for (const tails of this.#tails.values()) for (const tail of [...tails]) tail.close();
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#groups.clear();
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

interface Member {
  readonly types: ReadonlySet<string>;
  readonly handler: EventHandler;
}

/** Consumers that share a group's events. One event at a time per partition key, so that order is kept. */
class ConsumerGroup {
  readonly #members: Member[] = [];
  readonly #chains = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  #turn = 0;

  constructor(
    private readonly name: string,
    private readonly log: Logger | undefined,
  ) {}

  add(types: readonly string[], handler: EventHandler): Consumer {
    const member = { types: new Set(types), handler };
    this.#members.push(member);
    return {
      stop: async () => {
        const index = this.#members.indexOf(member);
        if (index >= 0) this.#members.splice(index, 1);
        await Promise.all(this.#chains.values());
      },
    };
  }

  deliver(event: EventEnvelope): void {
    const interested = this.#members.filter(({ types }) => types.has(event.type));
    const member = interested[this.#turn++ % Math.max(interested.length, 1)];
    if (member === undefined) return;
    const before = this.#chains.get(event.partitionkey) ?? Promise.resolve();
    const chain = before
      .then(() => this.#handle(member, event))
      .finally(() => {
        if (this.#chains.get(event.partitionkey) === chain) this.#chains.delete(event.partitionkey);
      });
    this.#chains.set(event.partitionkey, chain);
  }

  async stop(): Promise<void> {
    this.#members.length = 0;
    this.#abort.abort();
    await Promise.all(this.#chains.values());
  }

  async #handle(member: Member, event: EventEnvelope): Promise<void> {
    try {
      await member.handler(event, { signal: this.#abort.signal });
    } catch (error) {
      this.log?.error({ error, group: this.name, type: event.type, id: event.id }, 'an event handler failed');
    }
  }
}
