import type {
  BusAdministration,
  BusCapabilities,
  ConsumeOptions,
  Consumer,
  EventBus,
  EventEnvelope,
  EventHandler,
  Position,
  PositionedEvent,
  Tail,
} from '@deskgraph/events';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { Counter, type Registry } from 'prom-client';

/** A bus that counts what the handlers of this process do with events. */
export class MeteredBus implements EventBus {
  readonly #handled: Counter<'group' | 'outcome'>;

  constructor(
    private readonly bus: EventBus,
    registry: Registry,
  ) {
    this.#handled = new Counter({
      name: 'deskgraph_events_handled_total',
      help: 'Runs of event handlers in this process, by outcome: ok, or the code with which the event is tried again or put aside.',
      labelNames: ['group', 'outcome'],
      registers: [registry],
    });
  }

  get capabilities(): BusCapabilities {
    return this.bus.capabilities;
  }

  get administration(): BusAdministration | null {
    return this.bus.administration;
  }

  publish(events: readonly EventEnvelope[]): Promise<void> {
    return this.bus.publish(events);
  }

  tail(topic: string, options?: { readonly maxBuffered?: number }): Promise<Tail> {
    return this.bus.tail(topic, options);
  }

  history(topic: string, after: Position): AsyncIterable<PositionedEvent> {
    return this.bus.history(topic, after);
  }

  consume(
    group: string,
    types: readonly string[],
    handler: EventHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer> {
    return this.bus.consume(group, types, this.#metered(group, handler), options);
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  /** What is handled at once stays so: the bus then needs no promise for it. */
  #metered(group: string, handler: EventHandler): EventHandler {
    const succeed = () => {
      this.#handled.inc({ group, outcome: 'ok' });
    };
    const fail = (error: unknown): never => {
      const outcome = isDeskgraphError(error) ? error.code : 'INTERNAL_ERROR';
      this.#handled.inc({ group, outcome });
      throw error;
    };
    return (event, context) => {
      try {
        const handling = handler(event, context) as Promise<void> | undefined;
        if (typeof handling?.then !== 'function') return succeed();
        return handling.then(succeed, fail);
      } catch (error) {
        return fail(error);
      }
    };
  }
}
