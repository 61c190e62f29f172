import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import { unavailable } from './failures.js';
import type { JetStreamConnection } from './jetstream-connection.js';
import { type Delivery, deliveryOf } from './stored-event.js';

/** What to read. */
export interface ReadOptions {
  readonly stream: string;
  /** Only what comes after this sequence number, or what was stored at this time or later. */
  readonly from: { readonly after: number } | { readonly since: Date };
  /** A subject with wildcards; default: everything, which is the quickest to begin with. */
  readonly filter?: string;
  /** Leaves out the messages' data, default false. */
  readonly headersOnly?: boolean;
}

/** A message that was read. */
export interface ReadMessage extends Delivery {
  readonly message: Msg;
}

interface Page {
  readonly messages: ReadMessage[];
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const pageTimeoutMs = 5_000;
/** The server forgets a reader that nobody closed. */
const forgottenAfter = 300e9;

/** Reads a stream from a position up to its end at the time of opening, page by page. Not for two readers at once. */
export class StreamReader {
  /** Messages that are still to come. */
  #pending: number;
  #consumerSequence = 0;
  #page: Page | null = null;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;

  /** @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  static async open(connection: JetStreamConnection, options: ReadOptions): Promise<StreamReader> {
    const { stream, from, filter, headersOnly } = options;
    const start =
      'after' in from
        ? ({ deliver_policy: 'by_start_sequence', opt_start_seq: from.after + 1 } as const)
        : ({ deliver_policy: 'by_start_time', opt_start_time: from.since.toISOString() } as const);
    const consumer = await connection.ask(() =>
      connection.manager.consumers.add(stream, {
        ...start,
        ...(filter !== undefined && { filter_subject: filter }),
        ...(headersOnly && { headers_only: true }),
        ack_policy: 'none',
        inactive_threshold: forgottenAfter,
        mem_storage: true,
        num_replicas: 1,
      }),
    );
    return new StreamReader(connection, stream, consumer.name, consumer.num_pending);
  }

  private constructor(
    private readonly connection: JetStreamConnection,
    private readonly stream: string,
    private readonly consumer: string,
    /** Messages there were when it was opened. */
    readonly total: number,
  ) {
    this.#pending = total;
    this.#subscription = connection.nats.subscribe(this.#inbox, {
      callback: (error, message) => this.#take(error, message),
    });
  }

  /** The next messages, in order; none at the end. @throws DeskgraphError EVENT_BUS_UNAVAILABLE, after which it must be closed */
  async page(max: number): Promise<readonly ReadMessage[]> {
    const size = Math.min(max, this.#pending);
    if (size <= 0) return [];
    const messages: ReadMessage[] = [];
    const asked = new Promise<void>((resolve, reject) => {
      const late = () => reject(unavailable(new Error('a read took too long')));
      const timer = setTimeout(late, pageTimeoutMs);
      const settle = (done: () => void) => {
        clearTimeout(timer);
        done();
      };
      this.#page = {
        messages,
        size,
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      };
      this.#ask(size);
    });
    try {
      await this.connection.watch.unlessLost(asked);
    } catch (error) {
      throw unavailable(error);
    } finally {
      this.#page = null;
    }
    return messages;
  }

  /** Never waits, and never rejects. */
  close(): void {
    this.#subscription.unsubscribe();
    if (this.connection.nats.isClosed()) return;
    this.connection.manager.consumers.delete(this.stream, this.consumer).catch(() => {});
  }

  #ask(batch: number): void {
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.consumer}`;
    this.connection.nats.publish(subject, JSON.stringify({ batch, expires: pageTimeoutMs * 0.8e6 }), {
      reply: this.#inbox,
    });
  }

  #take(error: Error | null, message: Msg): void {
    const page = this.#page;
    if (page === null) return;
    const status = message.headers?.code ?? 0;
    if (error !== null) page.reject(unavailable(error));
    else if (status === 0) this.#add(page, { ...deliveryOf(message), message });
    else if (status === 404 || status === 408) this.#end(page);
    else page.reject(unavailable(new Error(`a read ended: ${message.headers?.description}`)));
  }

  /** Messages expired while they were asked for: there are fewer than were promised. */
  #end(page: Page): void {
    this.#pending = 0;
    page.resolve();
  }

  #add(page: Page, read: ReadMessage): void {
    if (read.consumerSequence !== ++this.#consumerSequence) {
      page.reject(unavailable(new Error('messages were lost on the way')));
    } else {
      page.messages.push(read);
      this.#pending--;
      if (page.messages.length === page.size) page.resolve();
    }
  }
}
