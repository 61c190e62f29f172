import type { Logger } from '@deskgraph/plugin-sdk';
import type { Msg } from '@nats-io/transport-node';
import { pause } from '../../groups/backoff.js';
import { unavailable } from './failures.js';
import { FollowingConsumer } from './following-consumer.js';
import type { JetStreamConnection, LogState } from './jetstream-connection.js';
import { recentLimits } from './recent-events.js';
import { type Delivery, type StoredEvent, storedEvent } from './stored-event.js';

/** What a follower is given. */
export interface FollowerOptions {
  readonly connection: JetStreamConnection;
  /** Takes every event once, in order, with the bytes of its text; must not throw. */
  readonly onEvent: (event: StoredEvent, bytes: number) => void;
  /** Called when events are missing before the next one, or the stream is another; `after` is where it goes on. */
  readonly onGap: (after: number) => void;
  readonly log?: Logger | undefined;
}

const pauseMs = 300;
const connectMs = 5_000;
const stuckMs = 5_000;

/**
 * Follows the stream of events, whichever process publishes: one consumer, made anew after the last event whenever
 * the connection, the consumer or the stream is lost.
 */
export class StreamFollower {
  #position = 0;
  #epoch = '';
  #consumer: FollowingConsumer | null = null;
  #keeping: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(private readonly options: FollowerOptions) {}

  /** Everything up to here was handed out. */
  get position(): number {
    return this.#position;
  }

  /** Of the stream that is followed. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Resolves when it is where the stream was. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async start(): Promise<void> {
    const state = await this.options.connection.state();
    this.#epoch = state.epoch;
    this.#goOnAfter(Math.max(state.first - 1, state.last - howManyFit(state)));
    await this.#open();
    await this.#reach(state.last);
    this.#keeping = this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#consumer?.close();
    await this.#keeping;
  }

  /** However long it takes, as long as it goes on. */
  async #reach(position: number): Promise<void> {
    for (let [before, at] = [this.#position, performance.now()]; this.#position < position; ) {
      await pause(5, this.#stopping.signal);
      if (this.#position > before) [before, at] = [this.#position, performance.now()];
      else if (performance.now() - at > stuckMs)
        throw unavailable(new Error('it does not deliver what it has'));
    }
  }

  /** Never rejects. */
  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    const { connection, log } = this.options;
    for (let failures = 0; !signal.aborted; ) {
      await this.#consumer?.broken;
      if (signal.aborted) return;
      try {
        await connection.watch.connected(connectMs);
        this.#compare(await connection.state());
        await this.#open();
        failures = 0;
      } catch (error) {
        if (failures++ === 0) log?.warn({ error }, 'events cannot be followed for now; that is tried again');
        await pause(pauseMs, signal);
      }
    }
  }

  /** Notices when the stream no longer has what comes next. */
  #compare({ epoch, first, last }: LogState): void {
    if (epoch === this.#epoch && this.#position >= first - 1 && this.#position <= last) return;
    this.#epoch = epoch;
    this.#goOnAfter(last);
  }

  #goOnAfter(position: number): void {
    this.#position = position;
    this.options.onGap(position);
  }

  async #open(): Promise<void> {
    this.#consumer?.close();
    this.#consumer = new FollowingConsumer(this.options.connection, (message, delivery) =>
      this.#take(message, delivery),
    );
    await this.#consumer.open(this.#position + 1);
    if (this.#stopping.signal.aborted) this.#consumer.close();
  }

  #take(message: Msg, delivery: Delivery): void {
    const { sequence } = delivery;
    if (sequence <= this.#position) return;
    // Nothing was lost on the way, so that what is between was deleted.
    if (sequence > this.#position + 1) this.#goOnAfter(sequence - 1);
    this.#position = sequence;
    const stored = storedEvent(message, delivery, this.options.connection.subjects);
    if (stored === null)
      this.options.log?.warn({ subject: message.subject }, 'a message is no event; it is left out');
    else this.options.onEvent(stored, message.data.length);
  }
}

/** So many of the last events are read at the start that most who resume are served without the server. */
function howManyFit({ messages, bytes }: LogState): number {
  const averageBytes = messages === 0 ? 1 : bytes / messages;
  return Math.min(recentLimits.events, Math.floor(recentLimits.bytes / averageBytes));
}
