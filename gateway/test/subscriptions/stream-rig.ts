import type { TestContext } from 'node:test';
import { createEvent, type EventBus, MemoryBus } from '@deskgraph/events';
import type { Principal } from '@deskgraph/plugin-sdk';
import { Kind, parse } from 'graphql';
import type { ClientError, ExecutionText } from '../../src/execution/executable-operation.js';
import type { PreparedOperation, SubscriptionSource } from '../../src/operations/prepared-operation.js';
import { InProcessTransport } from '../../src/subgraphs/in-process-transport.js';
import type { SubgraphTransport } from '../../src/subgraphs/transport.js';
import { resumePointOf } from '../../src/subscriptions/resume-point.js';
import type {
  PreparedSubscription,
  SubscriptionObserver,
  SubscriptionOutcome,
  SubscriptionRequest,
  SwapSource,
} from '../../src/subscriptions/subscription.js';
import { SubscriptionHub } from '../../src/subscriptions/subscription-hub.js';
import type { Generation } from '../../src/supergraph/generation.js';
import type { Supergraph } from '../../src/supergraph/supergraph.js';
import { OrdersSubgraph } from '../subgraphs/orders-subgraph.js';

/** Counts what the hub tells, and remembers failures. */
export class CountingObserver implements SubscriptionObserver {
  resolutions = 0;
  deliveries = 0;
  overflows = 0;
  resumes = 0;
  caughtUp = 0;
  gaps = 0;
  readonly failures: unknown[] = [];

  onResolution(): void {
    this.resolutions++;
  }

  onDelivery(subscribers: number): void {
    this.deliveries += subscribers;
  }

  onOverflow(): void {
    this.overflows++;
  }

  onResume(): void {
    this.resumes++;
  }

  onCaughtUp(): void {
    this.caughtUp++;
  }

  onGap(): void {
    this.gaps++;
  }

  onFailure(error: unknown): void {
    this.failures.push(error);
  }
}

/** A generation of whom it is known how many are inside. */
export class CountedGeneration implements Generation {
  inside = 0;
  readonly supergraph: Supergraph;

  constructor(
    readonly number: number,
    readonly transports: ReadonlyMap<string, SubgraphTransport>,
    urls: Readonly<Record<string, string>> = {},
  ) {
    const subgraphs = new Map(Object.entries(urls).map(([name, url]) => [name, { name, url }]));
    this.supergraph = { subgraphs } as unknown as Supergraph;
  }

  async prepare(): Promise<never> {
    throw new Error('the rig prepares');
  }

  enter(): Disposable {
    this.inside++;
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (!left) this.inside--;
        left = true;
      },
    };
  }
}

/** Generations that are swapped by hand. */
export class ManualSwaps implements SwapSource {
  readonly #listeners = new Set<() => void>();

  constructor(public current: CountedGeneration) {}

  onSwap(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  swap(next: CountedGeneration): void {
    this.current = next;
    for (const listener of this.#listeners) listener();
  }
}

/** How a subscription of the rig is made; the text is what is asked of the subgraph. */
export interface Asked {
  readonly customer?: string;
  readonly principal?: Principal | null;
  readonly scope?: 'SUBJECT' | 'ROLE' | 'PUBLIC';
  readonly topic?: string;
  readonly text?: string;
  readonly signal?: AbortSignal;
  /** As `extensions.after` of a request. */
  readonly after?: string;
  readonly renew?: SubscriptionRequest['renew'];
}

const paid = 'subscription($customer: ID!) { orderPaid(customer: $customer) { id viewer } }';

/** A prepared operation that only writes down what the subgraph answered, and on which generation. */
export function prepare(source: SubscriptionSource, generation: Generation): PreparedOperation {
  const document = parse(source.operation.text);
  const definition = document.definitions[0];
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('not an operation');
  return {
    hash: source.operation.text,
    kind: 'subscription',
    document,
    definition,
    source,
    coerceVariables: () => ({ values: {} }),
    executable: {
      execute: () => Promise.reject(new Error('a subscription is not executed')),
      async executeEvent(root): Promise<ExecutionText> {
        const errors = root.errors?.map(({ message, path, extensions }): ClientError => {
          const code = String(extensions?.code ?? 'SUBGRAPH_ERROR');
          return { message, ...(path && { path }), extensions: { ...extensions, code } };
        });
        const data = JSON.stringify({ ...root.data, generation: generation.number });
        return errors === undefined ? { data } : { data, errors };
      },
    },
  };
}

/** The hub over a real bus and an embedded subgraph on graphql-js. */
export function startHub(test: TestContext, bus: EventBus = new MemoryBus()) {
  const subgraph = new OrdersSubgraph();
  const observer = new CountingObserver();
  const generation = (number: number) =>
    new CountedGeneration(number, new Map([['orders', new InProcessTransport(subgraph)]]));
  const swaps = new ManualSwaps(generation(1));
  const hub = new SubscriptionHub(bus, swaps, observer);
  test.after(() => hub.close());
  test.after(() => bus.close());

  const prepareOn = (on: CountedGeneration, asked: Asked): PreparedSubscription => {
    const source: SubscriptionSource = {
      kind: 'events',
      serviceName: 'orders',
      operation: { text: asked.text ?? paid, kind: 'subscription' },
      variableUsages: ['customer'],
      responseKey: 'orderPaid',
      scope: asked.scope ?? 'ROLE',
      topic: ({ customer }) => `${asked.topic ?? 'orders'}.${customer}`,
    };
    return { prepared: prepare(source, on), generation: on };
  };

  const ask = (asked: Asked = {}): Promise<SubscriptionOutcome> => {
    const signal = asked.signal ?? new AbortController().signal;
    const principal = asked.principal === undefined ? someone : asked.principal;
    return hub.subscribe({
      ...prepareOn(swaps.current, asked),
      variables: { customer: asked.customer ?? '7' },
      caller: { principal, requestId: 'request-1', signal },
      resume: resumePointOf({ query: '', ...(asked.after === undefined ? {} : { after: asked.after }) }),
      renew: asked.renew ?? (async () => prepareOn(swaps.current, asked)),
    });
  };

  const subscribe = async (asked: Asked = {}) => {
    const outcome = await ask(asked);
    if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
    return outcome.results;
  };

  const publish = (id: number | string, topic = 'orders.7', data: unknown = { id: String(id) }) =>
    bus.publish([createEvent({ type: 'order.paid', source: '/orders', topic, data })]);

  return { hub, bus, swaps, generation, subgraph, observer, prepareOn, ask, subscribe, publish };
}

const someone: Principal = { id: 'ada', kind: 'agent', displayName: 'Ada', scopes: ['read'] };

/** The next results of a stream, as plain data. */
export async function take(results: AsyncIterator<ExecutionText>, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  while (taken.length < count) {
    const { value, done } = await results.next();
    if (done) throw new Error(`the stream ended after ${taken.length} results`);
    taken.push(JSON.parse(value.data));
  }
  return taken;
}

/** The ids of the next orders of a stream. */
export async function takeIds(results: AsyncIterator<ExecutionText>, count: number): Promise<number[]> {
  const taken = (await take(results, count)) as { orderPaid: { id: string } }[];
  return taken.map(({ orderPaid }) => Number(orderPaid.id));
}

/** Lets everything that is ready to run do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
