import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How an operation reached the gateway. */
export type TransportName = 'http' | 'websocket' | 'sse';

/** What kind of operation it was; `unknown` when it was refused before that could be told. */
export type OperationKind = 'query' | 'mutation' | 'subscription' | 'unknown';

/** Microseconds to ten seconds: one-fetch queries take well under a millisecond. */
const durationBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the gateway counts. One per process, made at the composition root; nothing is registered globally. */
export class Metrics {
  readonly registry: Registry;
  readonly #operations: Counter<'transport' | 'kind' | 'code'>;
  readonly #durations: Histogram<'transport' | 'kind'>;
  /** Plain numbers, which become gauges when they are read: they change twice with every request. */
  readonly #inFlight: Record<TransportName, number> = { http: 0, websocket: 0, sse: 0 };
  readonly #subscriptions: Record<TransportName, number> = { http: 0, websocket: 0, sse: 0 };
  readonly #messages: Counter<'transport'>;
  readonly #slowConsumers: Counter<'transport'>;

  /** @param registry  where the gateway's and the process's own metrics (event loop lag, memory) are kept */
  constructor(registry: Registry = new Registry()) {
    this.registry = registry;
    const registers = [registry];
    this.#operations = new Counter({
      name: 'deskgraph_operations_total',
      help: 'Operations finished, by outcome: OK, PARTIAL (data with errors), ABORTED or an error code.',
      labelNames: ['transport', 'kind', 'code'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'deskgraph_operation_duration_seconds',
      help: 'Time from the request to its answer; for subscriptions, to the end of the stream.',
      labelNames: ['transport', 'kind'],
      buckets: durationBuckets,
      registers,
    });
    gaugeOf(registry, this.#inFlight, {
      name: 'deskgraph_operations_in_flight',
      help: 'Operations that were received and are not answered yet; streams count until they are open.',
    });
    gaugeOf(registry, this.#subscriptions, {
      name: 'deskgraph_subscriptions_open',
      help: 'Subscriptions that are open.',
    });
    this.#messages = new Counter({
      name: 'deskgraph_subscription_messages_total',
      help: 'Results sent to subscribers.',
      labelNames: ['transport'],
      registers,
    });
    this.#slowConsumers = new Counter({
      name: 'deskgraph_slow_consumers_total',
      help: 'Clients that were disconnected because they did not read fast enough.',
      labelNames: ['transport'],
      registers,
    });
    collectDefaultMetrics({ register: registry });
  }

  operationStarted(transport: TransportName): void {
    this.#inFlight[transport]++;
  }

  /** @param code  `OK`, `PARTIAL`, `ABORTED` or the first error's code */
  operationFinished(transport: TransportName, kind: OperationKind, code: string, seconds: number): void {
    this.#inFlight[transport]--;
    this.#operations.inc({ transport, kind, code });
    this.#durations.observe({ transport, kind }, seconds);
  }

  /** The request ended before it became an operation. */
  operationRefused(transport: TransportName, code: string): void {
    this.#operations.inc({ transport, kind: 'unknown', code });
  }

  /** The operation turned out to be a stream, which is open from now on. */
  subscriptionOpened(transport: TransportName): void {
    this.#inFlight[transport]--;
    this.#subscriptions[transport]++;
  }

  subscriptionClosed(transport: TransportName, code: string, seconds: number): void {
    this.#subscriptions[transport]--;
    this.#operations.inc({ transport, kind: 'subscription', code });
    this.#durations.observe({ transport, kind: 'subscription' }, seconds);
  }

  messageSent(transport: TransportName): void {
    this.#messages.inc({ transport });
  }

  slowConsumer(transport: TransportName): void {
    this.#slowConsumers.inc({ transport });
  }
}

/** A gauge by transport that reads its values when it is asked. */
function gaugeOf(
  registry: Registry,
  values: Readonly<Record<TransportName, number>>,
  { name, help }: { readonly name: string; readonly help: string },
): void {
  new Gauge({
    name,
    help,
    labelNames: ['transport'],
    registers: [registry],
    collect() {
      for (const [transport, value] of Object.entries(values)) this.set({ transport }, value);
    },
  });
}
