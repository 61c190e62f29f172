import type { Logger } from '@deskgraph/plugin-sdk';
import { Counter, type Registry } from 'prom-client';
import type { SubscriptionObserver } from '../subscriptions/subscription.js';

/** Counts what subscriptions do (`deliveries / resolutions` is what sharing saves) and logs what fails. */
export class SubscriptionMetrics implements SubscriptionObserver {
  readonly #resolutions: Counter;
  readonly #deliveries: Counter;
  readonly #overflows: Counter;

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    const registers = [registry];
    this.#resolutions = new Counter({
      name: 'deskgraph_event_resolutions_total',
      help: 'Events resolved, each once for all subscribers that share the operation.',
      registers,
    });
    this.#deliveries = new Counter({
      name: 'deskgraph_event_deliveries_total',
      help: 'Results handed to subscribers.',
      registers,
    });
    this.#overflows = new Counter({
      name: 'deskgraph_event_overflows_total',
      help: 'Subscribers cut off because they did not read.',
      registers,
    });
  }

  onResolution(): void {
    this.#resolutions.inc();
  }

  onDelivery(subscribers: number): void {
    this.#deliveries.inc(subscribers);
  }

  onOverflow(): void {
    this.#overflows.inc();
  }

  onFailure(error: unknown): void {
    this.log.error({ error }, 'an event could not be resolved or followed');
  }
}
