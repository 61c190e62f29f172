import type { EventBus } from '@deskgraph/events';
import { sharingKey } from '../authorization-class.js';
import type { ClientError } from '../execution/executable-operation.js';
import { toClientError } from '../execution/fetch-errors.js';
import { plannedVariables } from '../execution/fetch-variables.js';
import type { PreparedOperation, SubscriptionSource } from '../operations/prepared-operation.js';
import { FanOutGroup } from './fan-out-group.js';
import {
  resolutionContext,
  type SubscriptionObserver,
  type SubscriptionOutcome,
  type SubscriptionRequest,
} from './subscription.js';
import { TopicTails } from './topic-tails.js';
import { type SwapSource, upstreamSubscription } from './upstream-subscription.js';

/** All subscriptions of the gateway: joins those that share, and moves them to newer generations. */
export class SubscriptionHub {
  readonly #tails: TopicTails;
  readonly #groups = new Map<string, FanOutGroup>();
  readonly #identities = new WeakMap<PreparedOperation, number>();
  #lastIdentity = 0;
  readonly #stopWatching: () => void;

  constructor(
    bus: EventBus,
    private readonly swaps: SwapSource,
    private readonly observer?: SubscriptionObserver,
  ) {
    this.#tails = new TopicTails(bus);
    this.#stopWatching = swaps.onSwap(() => {
      const groups = [...this.#groups.values()];
      // Keys name operations of the old generation; new subscribers make groups of their own.
      this.#groups.clear();
      for (const group of groups) group.renew();
    });
  }

  /** Authorizes, then joins the stream. No event that is published after this resolves is missed. */
  async subscribe(request: SubscriptionRequest): Promise<SubscriptionOutcome> {
    const { source } = request.prepared;
    if (source === undefined) throw new TypeError('not a subscription');
    if (source.kind === 'upstream') {
      return { results: upstreamSubscription(request, this.swaps, this.observer) };
    }
    const refused = await this.#authorize(request, source);
    if (refused !== null) return { refused };
    const group = this.#group(request, source);
    const results = group.join();
    await group.open(this.#tails, source.topic(request.variables));
    // Prepared before a swap and joined after it: no swap will tell this group.
    if (request.generation !== this.swaps.current) group.renew();
    return { results };
  }

  /** Stops following swaps. Streams end with their bus or their readers. */
  close(): void {
    this.#stopWatching();
  }

  async #authorize(
    { generation, variables, caller }: SubscriptionRequest,
    source: Extract<SubscriptionSource, { kind: 'events' }>,
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
    return errors?.map((error) => toClientError(error, serviceName, error.path ?? [responseKey])) ?? null;
  }

  #group(request: SubscriptionRequest, source: Extract<SubscriptionSource, { kind: 'events' }>): FanOutGroup {
    const key = [
      this.#identity(request.prepared),
      sharingKey(source.scope, request.caller.principal),
      JSON.stringify(request.variables),
    ].join('\n');
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: FanOutGroup = new FanOutGroup(
      request,
      () => {
        if (this.#groups.get(key) === group) this.#groups.delete(key);
      },
      this.observer,
    );
    this.#groups.set(key, group);
    return group;
  }

  /** Prepared operations differ by generation and authorization class, so their identity carries both. */
  #identity(prepared: PreparedOperation): number {
    const known = this.#identities.get(prepared);
    if (known !== undefined) return known;
    this.#identities.set(prepared, ++this.#lastIdentity);
    return this.#lastIdentity;
  }
}
