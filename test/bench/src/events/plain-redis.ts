import type { Consumer, EventBus, EventEnvelope, EventHandler, Tail } from '@deskgraph/events';
import { Redis } from 'ioredis';

/** As much of a bus as the benchmark uses. */
export type BenchedBus = Pick<EventBus, 'publish' | 'tail' | 'consume' | 'close'>;

const stream = 'plain:log';
const group = 'bench';

/**
 * What one would write by hand on ioredis: PUBLISH and SUBSCRIBE for who listens, one stream and XREADGROUP for who
 * consumes. No history, no identity, no order per key, no retry: the floor that the bus is compared with.
 */
export class PlainRedis implements BenchedBus {
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #listeners = new Map<string, (event: EventEnvelope) => void>();
  #closed = false;

  constructor(url: string) {
    this.#redis = new Redis(url, { protocol: 2 });
    this.#subscriber = new Redis(url, { protocol: 2, maxRetriesPerRequest: null });
    this.#subscriber.on('message', (channel, text) => this.#listeners.get(channel)?.(JSON.parse(text)));
  }

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    const pipeline = this.#redis.pipeline();
    for (const event of events) {
      const text = JSON.stringify(event);
      pipeline.xadd(stream, '*', 'e', text);
      pipeline.publish(event.topic, text);
    }
    await pipeline.exec();
  }

  async tail(topic: string): Promise<Tail> {
    const events: EventEnvelope[] = [];
    let wake = () => {};
    this.#listeners.set(topic, (event) => {
      events.push(event);
      wake();
    });
    await this.#subscriber.subscribe(topic);
    const position = { epoch: 'plain', sequence: 0 };
    return {
      start: position,
      close() {},
      async *[Symbol.asyncIterator]() {
        for (;;) {
          for (const event of events.splice(0)) yield { event, position };
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    };
  }

  async consume(_group: string, _types: readonly string[], handler: EventHandler): Promise<Consumer> {
    await this.#redis.xgroup('CREATE', stream, group, '$', 'MKSTREAM');
    void this.#read(handler);
    return { stop: async () => {} };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#redis.disconnect();
    this.#subscriber.disconnect();
  }

  async #read(handler: EventHandler): Promise<void> {
    const context = { signal: new AbortController().signal, delivery: 1, generation: 0 };
    while (!this.#closed) {
      const found = await this.#subscriber
        .xreadgroup('GROUP', group, 'me', 'COUNT', 512, 'BLOCK', 1000, 'STREAMS', stream, '>')
        .catch(() => null);
      const entries = (found as [string, [string, string[]][]][] | null)?.[0]?.[1] ?? [];
      for (const [, [, text]] of entries) await handler(JSON.parse(text as string), context);
      if (entries.length > 0) await this.#redis.xack(stream, group, ...entries.map(([id]) => id));
    }
  }
}
