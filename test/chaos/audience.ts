import {
  createDeskgraphClient,
  type DeskgraphClient,
  type Gap,
  type SubscriptionError,
} from '@deskgraph/client';
import { WebSocket } from 'ws';
import { conversations } from './sending.js';
import { compare, sum } from './tally.js';
import { untilReached } from './until.js';

const stalledMs = 45_000;
const messageAdded = 'subscription ($id: ID!) { messageAdded(conversationId: $id) { clientMessageId } }';
const inboxUpdated = 'subscription { inboxUpdated { id } }';

/** What was sent, as the database has it: ids by conversation, in the order of the sequence. */
export type Sent = ReadonlyMap<string, readonly string[]>;

/** Somebody who subscribed, on a connection of its own. */
interface Subscriber {
  readonly client: DeskgraphClient;
  /** The conversation; null for the inbox. */
  readonly conversation: string | null;
  /** Ids of messages, or the positions of what happened in the inbox. */
  readonly received: string[];
  readonly begun: Promise<void>;
}

/**
 * Subscribers that go on after each break: most follow a conversation, whose history the plugin keeps, one in five the
 * inbox, whose history the bus keeps.
 */
export class Audience implements AsyncDisposable {
  readonly gaps: Gap[] = [];
  /** Subscriptions that the client gave up. */
  readonly failures: SubscriptionError[] = [];
  readonly #subscribers: readonly Subscriber[];

  constructor(url: string, token: string, count: number) {
    this.#subscribers = Array.from({ length: count }, (_, number) => this.#subscribe(url, token, number));
  }

  get size(): number {
    return this.#subscribers.length;
  }

  /** Resolves when every stream stands. */
  async begun(): Promise<void> {
    await Promise.all(this.#subscribers.map(({ begun }) => begun));
  }

  /** Resolves when as much has come as was sent; rejects when nothing more comes before. */
  async caughtUp(sent: Sent): Promise<void> {
    const wanted = this.#subscribers.reduce(
      (count, { conversation }) => count + expected(sent, conversation).length,
      0,
    );
    const received = () =>
      this.#subscribers.reduce((count, subscriber) => count + subscriber.received.length, 0);
    // Whoever has too much is told by the comparison.
    await untilReached(received, wanted, stalledMs).catch(() => {});
  }

  judge(sent: Sent): ReturnType<typeof compare> {
    return sum(
      this.#subscribers.map(({ conversation, received }) =>
        conversation === null
          ? { ...compare(received, received), lost: expected(sent, null).length - new Set(received).size }
          : compare(expected(sent, conversation), received),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#subscribers.map(({ client }) => client.dispose()));
  }

  #subscribe(url: string, token: string, number: number): Subscriber {
    const conversation = number % 5 === 4 ? null : (conversations[number % conversations.length] as string);
    const client = createDeskgraphClient({
      url: `${url}/graphql`,
      token: () => token.replace('Bearer ', ''),
      webSocket: WebSocket,
      retry: { firstMs: 50, longestMs: 1_000 },
      onGap: (gap) => this.gaps.push(gap),
    });
    const received: string[] = [];
    const begun = new Promise<void>((resolve, reject) => {
      const request =
        conversation === null
          ? { query: inboxUpdated }
          : { query: messageAdded, variables: { id: conversation } };
      client.subscribe<{ messageAdded?: { clientMessageId: string } }>(request, {
        begin: () => resolve(),
        next: ({ data, extensions }) =>
          received.push(data?.messageAdded?.clientMessageId ?? String(extensions?.position)),
        error: (error) => {
          this.failures.push(error);
          reject(error);
        },
      });
    });
    return { client, conversation, received, begun };
  }
}

/** The inbox hears of every message. */
function expected(sent: Sent, conversation: string | null): readonly string[] {
  return conversation === null ? [...sent.values()].flat() : (sent.get(conversation) ?? []);
}
