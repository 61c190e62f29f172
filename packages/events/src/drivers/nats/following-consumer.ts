import { createInbox, type Msg } from '@nats-io/transport-node';
import type { JetStreamConnection } from './jetstream-connection.js';
import { type Delivery, deliveryOf } from './stored-event.js';

const heartbeatMs = 1_000;
/** Without a sign for this long the server's end is taken for dead. */
const silenceMs = 3_500;

/** One push consumer of the stream of events, with a watch over it: it delivers everything from a place on, or breaks. */
export class FollowingConsumer {
  /** Resolves when it delivers no more. */
  readonly broken: Promise<void>;
  #break: () => void = () => {};
  #closed = false;
  #name: string | null = null;
  #consumerSequence = 0;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: () => void = () => {};
  #unwatch: () => void = () => {};

  constructor(
    private readonly connection: JetStreamConnection,
    private readonly onMessage: (message: Msg, delivery: Delivery) => void,
  ) {
    this.broken = new Promise((resolve) => {
      this.#break = resolve;
    });
  }

  async open(from: number): Promise<void> {
    const { connection } = this;
    const inbox = createInbox();
    const subscription = connection.nats.subscribe(inbox, {
      callback: (error, message) => (error === null ? this.#take(message) : this.close()),
    });
    this.#unsubscribe = () => subscription.unsubscribe();
    this.#unwatch = connection.watch.onLost(() => this.close());
    try {
      const { name } = await connection.ask(() =>
        connection.manager.consumers.add(connection.subjects.eventStream, {
          deliver_subject: inbox,
          deliver_policy: 'by_start_sequence',
          opt_start_seq: from,
          ack_policy: 'none',
          flow_control: true,
          idle_heartbeat: heartbeatMs * 1e6,
          mem_storage: true,
          num_replicas: 1,
        }),
      );
      this.#name = name;
    } catch (error) {
      this.close();
      throw error;
    }
    this.#heardAt = performance.now();
    this.#timer = setInterval(() => this.#look(), heartbeatMs).unref();
    if (this.#closed) clearInterval(this.#timer);
  }

  /** Idempotent; never waits. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#unwatch();
    this.#break();
    const { nats, manager, subjects } = this.connection;
    if (this.#name === null || nats.isClosed()) return;
    manager.consumers.delete(subjects.eventStream, this.#name).catch(() => {});
  }

  #look(): void {
    if (performance.now() - this.#heardAt > silenceMs) this.close();
  }

  #take(message: Msg): void {
    if (this.#closed) return;
    this.#heardAt = performance.now();
    const status = message.headers?.code ?? 0;
    if (status === 0) this.#takeEvent(message);
    else if (status === 100) this.#answer(message);
    else this.close();
  }

  #takeEvent(message: Msg): void {
    const delivery = deliveryOf(message);
    if (delivery.consumerSequence !== ++this.#consumerSequence) this.close();
    else this.onMessage(message, delivery);
  }

  /** Flow control: the server goes on when it hears that what it sent has arrived. */
  #answer(message: Msg): void {
    const stalled = message.headers?.get('Nats-Consumer-Stalled');
    if (message.reply !== undefined && message.reply !== '') message.respond();
    else if (stalled !== undefined && stalled !== '') this.connection.nats.publish(stalled);
  }
}
