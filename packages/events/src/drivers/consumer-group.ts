import type { Logger } from '@deskgraph/plugin-sdk';
import type { EventEnvelope } from '../envelope.js';
import type { Consumer, EventHandler } from '../event-bus.js';

interface Member {
  readonly types: ReadonlySet<string>;
  readonly handler: EventHandler;
  /** Events it has taken and not finished. */
  readonly pending: Set<Promise<void>>;
}

/**
 * Consumers in one process that share a group's events, in turn. One event at a time per partition key, so that
 * order is kept; keys do not wait for each other.
 */
export class ConsumerGroup {
  readonly #members = new Set<Member>();
  /** The last event of each key that has unfinished ones. */
  readonly #lastOfKey = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  #turn = 0;

  constructor(
    private readonly name: string,
    private readonly log: Logger | undefined,
  ) {}

  add(types: readonly string[], handler: EventHandler): Consumer {
    const member: Member = { types: new Set(types), handler, pending: new Set() };
    this.#members.add(member);
    return {
      stop: async () => {
        this.#members.delete(member);
        await Promise.all(member.pending);
      },
    };
  }

  deliver(event: EventEnvelope): void {
    const interested = [...this.#members].filter(({ types }) => types.has(event.type));
    const member = interested[this.#turn++ % interested.length];
    if (member === undefined) return;
    const key = event.partitionkey;
    const before = this.#lastOfKey.get(key) ?? Promise.resolve();
    const handled = before.then(() => this.#handle(member, event));
    this.#lastOfKey.set(key, handled);
    member.pending.add(handled);
    void handled.then(() => {
      member.pending.delete(handled);
      if (this.#lastOfKey.get(key) === handled) this.#lastOfKey.delete(key);
    });
  }

  /** Tells handlers to end, drops what they have not begun, and resolves when they are done. */
  async close(): Promise<void> {
    this.#members.clear();
    this.#abort.abort();
    await Promise.all(this.#lastOfKey.values());
  }

  /** Never rejects: a failed event is logged, and the key goes on with its next. */
  async #handle(member: Member, event: EventEnvelope): Promise<void> {
    const { signal } = this.#abort;
    const about = { group: this.name, type: event.type, id: event.id };
    if (signal.aborted) {
      this.log?.warn(about, 'the bus closed before this event was handled');
      return;
    }
    try {
      await member.handler(event, { signal, delivery: 1, generation: 0 });
    } catch (error) {
      this.log?.error({ error, ...about }, 'an event handler failed');
    }
  }
}
