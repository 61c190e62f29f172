import type { Logger } from '@deskgraph/plugin-sdk';
import type { Redis } from 'ioredis';
import { BufferedTail } from '../../buffered-tail.js';
import type { Tail } from '../../event-bus.js';
import type { Position } from '../../position.js';
import { answered } from './connection.js';
import type { Keys } from './keys.js';
import { OpenTopic } from './open-topic.js';
import type { TopicHistory } from './topic-history.js';

/** Topics that are read side by side after the connection was lost. */
const healedAtOnce = 64;

/** All topics that are listened to: one connection, a channel for each topic, however many tails it has. */
export class TopicChannels {
  /** By channel. */
  readonly #topics = new Map<string, { readonly topic: OpenTopic; readonly opened: Promise<void> }>();

  constructor(
    private readonly subscriber: Redis,
    private readonly history: TopicHistory,
    private readonly keys: Keys,
    private readonly log: Logger | undefined,
  ) {
    subscriber.on('message', (channel, message) => this.#topics.get(channel)?.topic.hear(message));
    subscriber.on('close', () => {
      for (const { topic } of this.#topics.values()) topic.lose();
    });
    subscriber.on('ready', () => void this.#hearAgain());
  }

  /** @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async open(name: string, maxBuffered: number): Promise<Tail> {
    const channel = this.keys.topic(name);
    const known = this.#topics.get(channel) ?? this.#listen(name, channel);
    await known.opened;
    const { topic } = known;
    const tail: BufferedTail = new BufferedTail({
      start: topic.end as Position,
      maxBuffered,
      onClose: () => {
        topic.tails.delete(tail);
        this.#leave(channel, topic);
      },
    });
    topic.tails.add(tail);
    return tail;
  }

  close(): void {
    for (const { topic } of [...this.#topics.values()]) for (const tail of [...topic.tails]) tail.close();
  }

  #listen(name: string, channel: string) {
    const topic = new OpenTopic(name, this.history, this.log);
    const open = async () => {
      await this.subscriber.subscribe(channel);
      await topic.open();
    };
    const opened = answered(open());
    opened.catch(() => this.#leave(channel, topic));
    const listening = { topic, opened };
    this.#topics.set(channel, listening);
    return listening;
  }

  #leave(channel: string, topic: OpenTopic): void {
    if (topic.tails.size > 0 || this.#topics.get(channel)?.topic !== topic) return;
    this.#topics.delete(channel);
    this.subscriber.unsubscribe(channel).catch(() => {});
  }

  /**
   * Asks for all channels again, then reads what was missed. The client's own way of doing so forgets them when the
   * connection is lost twice in a row. Never rejects: a connection that is lost meanwhile begins this anew.
   */
  async #hearAgain(): Promise<void> {
    const channels = [...this.#topics.keys()];
    if (channels.length === 0) return;
    try {
      await this.subscriber.subscribe(...channels);
    } catch (error) {
      this.log?.warn({ error }, 'topics cannot be listened to for now; that is tried again');
      return;
    }
    const topics = channels.flatMap((channel) => this.#topics.get(channel)?.topic ?? []);
    const healNext = async () => {
      for (let next = topics.pop(); next !== undefined; next = topics.pop()) await next.heal();
    };
    await Promise.all(Array.from({ length: healedAtOnce }, healNext));
  }
}
