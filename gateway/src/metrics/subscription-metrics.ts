import type { Logger } from '@deskgraph/plugin-sdk';
import { Counter, type Registry } from 'prom-client';
import type { SubscriptionObserver } from '../subscriptions/subscription.js';

/** Counts what subscriptions do (`deliveries / resolutions` is what sharing saves) and logs what fails. */
export class SubscriptionMetrics implements SubscriptionObserver {
  readonly #resolutions: Counter;
  readonly #deliveries: Counter;
  readonly #overflows: Counter;
  readonly #resumes: Counter;
  readonly #caughtUp: Counter;
  readonly #gaps: Counter;

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
    this.#resumes = new Counter({
      name: 'deskgraph_subscription_resumes_total',
      help: 'Subscriptions that went on from a position.',
      registers,
    });
    this.#caughtUp = new Counter({
      name: 'deskgraph_subscription_caught_up_events_total',
      help: 'Events read from the history for subscribers that missed them.',
      registers,
    });
    this.#gaps = new Counter({
      name: 'deskgraph_subscription_gaps_total',
      help: 'Subscriptions refused because the history does not reach back to their position.',
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

  onResume(): void {
    this.#resumes.inc();
  }

  onCaughtUp(): void {
    this.#caughtUp.inc();
  }

  onGap(): void {
    this.#gaps.inc();
  }

  onFailure(error: unknown): void {
    this.log.error({ error }, 'an event could not be resolved or followed');
  }
}
