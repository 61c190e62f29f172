import type { EventBus, Position } from '@deskgraph/events';
import { type DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { authorizationClass, sharingKey } from '../authorization-class.js';
import type { ClientError, ExecutionText } from '../execution/executable-operation.js';
import { toClientError } from '../execution/fetch-errors.js';
import { plannedVariables } from '../execution/fetch-variables.js';
import { clientPath } from '../execution/response-key.js';
import type { SubscriptionSource } from '../operations/prepared-operation.js';
import type { StreamEvent } from './event-history.js';
import { FanOutGroup } from './fan-out-group.js';
import { ResumedResults } from './resumed-results.js';
import {
  type LiveStream,
  resolutionContext,
  type SubscriptionObserver,
  type SubscriptionOutcome,
  type SubscriptionRequest,
  type SwapSource,
  sourceFailed,
} from './subscription.js';
import { TopicTails } from './topic-tails.js';
import { UpstreamStream } from './upstream-stream.js';

type EventSource = Extract<SubscriptionSource, { kind: 'events' }>;

/** All subscriptions of the gateway: joins those that share, and moves them to newer generations. */
export class SubscriptionHub {
  readonly #tails: TopicTails;
  /** Those that may be joined; a key holds over generations. */
  readonly #groups = new Map<string, FanOutGroup>();
  readonly #streams = new Set<LiveStream>();
  readonly #stopWatching: () => void;

  constructor(
    private readonly bus: EventBus,
    private readonly swaps: SwapSource,
    private readonly observer?: SubscriptionObserver,
  ) {
    this.#tails = new TopicTails(bus);
    this.#stopWatching = swaps.onSwap(() => {
      for (const stream of this.#streams) stream.renew();
    });
  }

  /** Streams that run: groups and passed-through subscriptions. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Authorizes, then joins the stream. No event that is published after this resolves is missed. */
  async subscribe(request: SubscriptionRequest): Promise<SubscriptionOutcome> {
    const { source } = request.prepared;
    if (source === undefined) throw new TypeError('not a subscription');
    if (source.kind === 'upstream') {
      return request.resume.demanded
        ? { refused: [notResumable(source.serviceName)] }
        : { results: this.#passThrough(request) };
    }
    const refused = await this.#authorize(request, source);
    return refused === null ? this.#join(request, source) : { refused };
  }

  /** Stops following swaps and completes every stream. */
  close(): void {
    this.#stopWatching();
    for (const stream of [...this.#streams]) stream.end();
  }

  async #authorize(
    { generation, variables, caller }: SubscriptionRequest,
    source: EventSource,
  ): Promise<readonly ClientError[] | null> {
    const { serviceName, operation, variableUsages, responseKey } = source;
    const owner = generation.transports.get(serviceName)?.events;
    if (owner === undefined) {
      const message = `Subgraph "${serviceName}" runs remotely; its @eventSource fields cannot be subscribed to.`;
      return [
        { message, path: [responseKey], extensions: { code: 'SUBSCRIPTION_UNSUPPORTED', serviceName } },
      ];
    }
    const context = resolutionContext(caller, caller.signal);
    const errors = await owner.authorize(operation, plannedVariables(variableUsages, variables), context);
    return (
      errors?.map((error) => toClientError(error, serviceName, clientPath(error.path ?? [responseKey]))) ??
      null
    );
  }

  async #join(request: SubscriptionRequest, source: EventSource): Promise<SubscriptionOutcome> {
    const group = this.#group(request, source);
    const heard = group.heard;
    const live = group.join();
    try {
      const start = await group.opened();
      const results = await this.#resume(request, group, live, heard ?? start);
      // Prepared before a swap and joined after it, or left behind by a swap when no planner was to be had.
      if (group.outdated) group.renew();
      return { results };
    } catch (error) {
      await live.return?.();
      const { message, code } = this.#refusal(error);
      return { refused: [{ message, path: [source.responseKey], extensions: { code } }] };
    }
  }

  /** Puts what was missed before what comes. */
  async #resume(
    { resume }: SubscriptionRequest,
    group: FanOutGroup,
    live: AsyncIterableIterator<ExecutionText>,
    heard: Position,
  ): Promise<AsyncIterableIterator<ExecutionText>> {
    const { after, tellStart } = resume;
    if (after === null && !tellStart) return live;
    const start = after ?? (await group.history.start(heard));
    const missed = after === null ? nothing() : group.history.after(after)[Symbol.asyncIterator]();
    const first = await missed.next();
    if (after !== null) this.observer?.onResume();
    return new ResumedResults({
      ...(tellStart ? { start: { data: 'null', position: start, isStart: true } } : {}),
      missed,
      first,
      resolutions: group.missed,
      live,
      through: start.sequence,
      onCaughtUp: () => this.observer?.onCaughtUp(),
    });
  }

  #refusal(error: unknown): DeskgraphError {
    if (isDeskgraphError(error, 'RESUME_GAP')) {
      this.observer?.onGap();
      return error;
    }
    this.observer?.onFailure?.(error);
    return sourceFailed('The bus, or the history, cannot be read.', error);
  }

  #passThrough(request: SubscriptionRequest) {
    const stream: UpstreamStream = new UpstreamStream(request, {
      swaps: this.swaps,
      observer: this.observer,
      onClosed: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    if (request.generation !== this.swaps.current) stream.renew();
    return stream.results;
  }

  #group(request: SubscriptionRequest, source: EventSource): FanOutGroup {
    const key = keyOf(request, source);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: FanOutGroup = new FanOutGroup(request, {
      bus: this.bus,
      tails: this.#tails,
      swaps: this.swaps,
      observer: this.observer,
      onClosed: () => {
        this.#groups.delete(key);
        this.#streams.delete(group);
      },
    });
    this.#groups.set(key, group);
    this.#streams.add(group);
    return group;
  }
}

/** Who shares resolutions: the same operation and variables, asked by callers who may see the same. */
function keyOf({ prepared, variables, caller }: SubscriptionRequest, source: EventSource): string {
  return [
    prepared.hash,
    authorizationClass(caller.principal),
    sharingKey(source.scope, caller.principal),
    source.topic(variables),
    JSON.stringify(variables),
  ].join('\n');
}

async function* nothing(): AsyncGenerator<StreamEvent> {}

function notResumable(serviceName: string): ClientError {
  return {
    message: `Subgraph "${serviceName}" streams this subscription itself; it cannot be resumed. Leave extensions.after out.`,
    extensions: { code: 'SUBSCRIPTION_UNSUPPORTED', serviceName },
  };
}
