import type { EventBus, Position, PositionedEvent } from '@deskgraph/events';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { ExecutionText } from '../execution/executable-operation.js';
import { plannedVariables } from '../execution/fetch-variables.js';
import type { SubscriptionSource } from '../operations/prepared-operation.js';
import { BusHistory, type EventHistory, type StreamEvent, SubgraphOwnHistory } from './event-history.js';
import { GenerationPin } from './generation-pin.js';
import { ResultQueue } from './result-queue.js';
import { SharedResolutions } from './shared-resolutions.js';
import {
  failedResult,
  type LiveStream,
  maxQueuedResults,
  type PreparedSubscription,
  resolutionContext,
  type SubscriptionObserver,
  type SubscriptionRequest,
  type SwapSource,
  sourceFailed,
} from './subscription.js';
import type { Listening, TopicListener, TopicTails } from './topic-tails.js';
import { WorkLine } from './work-line.js';

type EventSource = Extract<SubscriptionSource, { kind: 'events' }>;

/** What a group works with. */
export interface GroupSurroundings {
  readonly bus: EventBus;
  readonly tails: TopicTails;
  readonly swaps: SwapSource;
  readonly observer?: SubscriptionObserver | undefined;
  /** Called once, when nobody may join the group any more. */
  readonly onClosed: () => void;
}

/**
 * Subscribers that share operation, variables and scope: each event is resolved once, and the same text goes to
 * all of them. Events are resolved one after the other, so that order is kept; nobody waits for a slow reader.
 */
export class FanOutGroup implements TopicListener, LiveStream {
  /** Each with the number of the last event that came before it. */
  readonly #members = new Map<ResultQueue<ExecutionText>, number>();
  readonly #abort = new AbortController();
  readonly #pin: GenerationPin;
  readonly #line: WorkLine;
  #lastEvent = 0;
  #closed = false;
  #topic: string;
  #listening: Promise<Listening>;
  #heard: Position | null = null;
  #history: EventHistory;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly surroundings: GroupSurroundings,
  ) {
    this.#pin = new GenerationPin(request, surroundings.swaps);
    this.#line = new WorkLine((error) => surroundings.observer?.onFailure?.(error));
    this.#topic = sourceOf(request).topic(request.variables);
    this.#history = this.#openHistory();
    this.#listening = this.#listen();
  }

  /** Resolves once no later event can be missed; rejects when the bus cannot be listened to. */
  async opened(): Promise<Position> {
    return (await this.#listening).start;
  }

  join(): AsyncIterableIterator<ExecutionText> {
    const queue: ResultQueue<ExecutionText> = new ResultQueue(maxQueuedResults, () => this.#leave(queue));
    this.#members.set(queue, this.#lastEvent);
    return queue;
  }

  get outdated(): boolean {
    return this.#pin.outdated;
  }

  /** The last event that was heard by now; null while none was. Events after it are delivered to who joins now. */
  get heard(): Position | null {
    return this.#heard;
  }

  get history(): EventHistory {
    return this.#history;
  }

  /** Results of what members missed. */
  readonly missed = new SharedResolutions((event) => this.#resolve(event));

  onEvent(event: PositionedEvent): void {
    const number = ++this.#lastEvent;
    this.#heard = event.position;
    if (this.#line.addEvent(() => this.#deliver(event, number))) return;
    this.#endAll(new DeskgraphError('SLOW_CONSUMER', 'Events come faster than they can be resolved.'));
  }

  onEnd(error?: unknown): void {
    this.#close();
    this.#line.add(() => this.#endAll(error));
  }

  renew(): void {
    this.#line.add(() => this.#renew());
  }

  end(): void {
    this.onEnd();
  }

  async #deliver(heard: PositionedEvent, number: number): Promise<void> {
    if (this.#members.size === 0) return;
    const { observer } = this.surroundings;
    const result = await this.#resolve(this.#history.heard(heard));
    observer?.onResolution();
    let delivered = 0;
    for (const [member, joinedAfter] of [...this.#members]) {
      if (joinedAfter >= number) continue;
      if (member.push(result)) delivered++;
      else observer?.onOverflow();
    }
    observer?.onDelivery(delivered);
  }

  async #resolve({ data, position }: StreamEvent): Promise<ExecutionText> {
    const { prepared, generation } = this.#pin.current;
    const source = sourceOf(this.#pin.current);
    const { variables, caller } = this.request;
    const context = resolutionContext(caller, this.#abort.signal);
    // What one member missed is resolved beside the line, where a swap may let go of the generation.
    using _stay = generation.enter();
    try {
      const owner = generation.transports.get(source.serviceName)?.events;
      if (owner === undefined) throw sourceFailed(`Subgraph "${source.serviceName}" resolves no events.`);
      const sent = plannedVariables(source.variableUsages, variables);
      const root = await owner.resolve(source.operation, sent, context, data);
      return { ...(await prepared.executable.executeEvent(root, variables, context)), position };
    } catch (error) {
      this.surroundings.observer?.onFailure?.(error);
      return { ...failedResult(error, caller.requestId), position };
    }
  }

  async #renew(): Promise<void> {
    if (this.#closed) return;
    const renewal = await this.#pin.renew();
    if (renewal.kind === 'kept') return;
    if (renewal.kind === 'invalid') {
      for (const member of this.#members.keys()) member.push({ data: 'null', errors: renewal.errors });
      this.#endAll();
    } else if (isSameAudience(renewal.from, this.#pin.current)) await this.#followTopic();
    else this.#endAll(sourceFailed('Where its events come from, or who may share them, has changed.'));
  }

  /** The newer supergraph may name the topic otherwise: both are heard until the new one is. */
  async #followTopic(): Promise<void> {
    const topic = sourceOf(this.#pin.current).topic(this.request.variables);
    if (topic === this.#topic || this.#closed) return;
    const stopBefore = this.#listening;
    this.#topic = topic;
    this.#history = this.#openHistory();
    this.#listening = this.#listen();
    try {
      await this.#listening;
    } catch (error) {
      this.#endAll(sourceFailed('The bus cannot be listened to.', error));
    } finally {
      (await stopBefore).stop();
    }
  }

  #openHistory(): EventHistory {
    const { generation } = this.#pin.current;
    const { variables, caller } = this.request;
    const { serviceName, operation, variableUsages } = sourceOf(this.#pin.current);
    const sent = plannedVariables(variableUsages, variables);
    const own = generation.transports.get(serviceName)?.events?.history(operation, sent) ?? null;
    if (own === null) return new BusHistory(this.surroundings.bus, this.#topic);
    return new SubgraphOwnHistory(own, resolutionContext(caller, this.#abort.signal));
  }

  #listen(): Promise<Listening> {
    const listening = this.surroundings.tails.listen(this.#topic, this);
    // Told by `opened`; without this a group that is left before it opened would be an unhandled rejection.
    listening.catch(() => {});
    return listening;
  }

  #endAll(error?: unknown): void {
    this.#close();
    for (const member of [...this.#members.keys()]) member.end(error);
  }

  #leave(queue: ResultQueue<ExecutionText>): void {
    if (!this.#members.delete(queue) || this.#members.size > 0) return;
    this.#close();
    this.#abort.abort();
    this.#pin.release();
    this.#listening.then(
      ({ stop }) => stop(),
      () => {},
    );
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.surroundings.onClosed();
  }
}

function sourceOf({ prepared }: PreparedSubscription): EventSource {
  return prepared.source as EventSource;
}

/** Whether events still come from the bus, and may be shared by the same people. */
function isSameAudience(from: PreparedSubscription, to: PreparedSubscription): boolean {
  return to.prepared.source?.kind === 'events' && sourceOf(from).scope === sourceOf(to).scope;
}
