import type { PositionedEvent } from '@deskgraph/events';
import type { ExecutionText } from '../execution/executable-operation.js';
import { plannedVariables } from '../execution/fetch-variables.js';
import type { SubscriptionSource } from '../operations/prepared-operation.js';
import type { EventResolution } from '../subgraphs/transport.js';
import { ResultQueue } from './result-queue.js';
import {
  type PreparedSubscription,
  resolutionContext,
  type SubscriptionObserver,
  type SubscriptionRequest,
} from './subscription.js';
import type { TopicListener, TopicTails } from './topic-tails.js';

/** Results that may wait for one subscriber. */
const maxQueuedResults = 256;

type EventSource = Extract<SubscriptionSource, { kind: 'events' }>;

/**
 * Subscribers that share operation, variables and scope: each event is resolved once, and the same text goes to
 * all of them. Events are resolved one after the other, so that order is kept; nobody waits for a slow reader.
 */
export class FanOutGroup implements TopicListener {
  readonly #members = new Set<ResultQueue<ExecutionText>>();
  readonly #abort = new AbortController();
  #current: PreparedSubscription;
  #hold: Disposable;
  #work: Promise<void> = Promise.resolve();
  #stopListening: Promise<() => void> | null = null;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly onEmpty: () => void,
    private readonly observer?: SubscriptionObserver,
  ) {
    this.#current = request;
    this.#hold = request.generation.enter();
  }

  /** Resolves once no later event can be missed. */
  async open(tails: TopicTails, topic: string): Promise<void> {
    this.#stopListening ??= tails.listen(topic, this);
    await this.#stopListening;
  }

  join(): AsyncIterableIterator<ExecutionText> {
    const queue: ResultQueue<ExecutionText> = new ResultQueue(maxQueuedResults, () => this.#leave(queue));
    this.#members.add(queue);
    return queue;
  }

  onEvent({ event }: PositionedEvent): void {
    this.#work = this.#work.then(() => this.#deliver(event.data));
  }

  onEnd(error?: unknown): void {
    this.#work = this.#work.then(() => this.#endAll(error));
  }

  /** Moves to the current generation behind the events that are queued, without missing one. */
  renew(): void {
    this.#work = this.#work.then(() => this.#renew());
  }

  async #deliver(eventData: unknown): Promise<void> {
    if (this.#members.size === 0) return;
    const result = await this.#resolve(eventData);
    this.observer?.onResolution();
    this.observer?.onDelivery(this.#members.size);
    for (const member of [...this.#members]) if (!member.push(result)) this.observer?.onOverflow();
  }

  async #resolve(eventData: unknown): Promise<ExecutionText> {
    const { prepared, generation } = this.#current;
    const source = prepared.source as EventSource;
    const { variables, caller } = this.request;
    const context = resolutionContext(caller, this.#abort.signal);
    try {
      const owner = generation.transports.get(source.serviceName)?.events as EventResolution;
      const sent = plannedVariables(source.variableUsages, variables);
      const root = await owner.resolve(source.operation, sent, context, eventData);
      return await prepared.executable.executeEvent(root, variables, context);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { data: 'null', errors: [{ message, extensions: { code: 'INTERNAL_ERROR' } }] };
    }
  }

  async #renew(): Promise<void> {
    if (this.#members.size === 0) return;
    const renewed = await this.request.renew();
    if ('errors' in renewed) {
      for (const member of this.#members) member.push({ data: 'null', errors: renewed.errors });
      this.#endAll();
      return;
    }
    const hold = renewed.generation.enter();
    this.#hold[Symbol.dispose]();
    this.#hold = hold;
    this.#current = renewed;
  }

  #endAll(error?: unknown): void {
    for (const member of [...this.#members]) member.end(error);
  }

  #leave(queue: ResultQueue<ExecutionText>): void {
    if (!this.#members.delete(queue) || this.#members.size > 0) return;
    this.onEmpty();
    this.#abort.abort();
    this.#hold[Symbol.dispose]();
    void this.#stopListening?.then((stop) => stop());
  }
}
