import { Counter, type Registry } from 'prom-client';
import type { Refusal } from '../http/request/refusal.js';

/** Counts events posted from outside. */
export class WebhookMetrics {
  readonly #events: Counter<'sender' | 'outcome'>;

  constructor(registry: Registry) {
    this.#events = new Counter({
      name: 'deskgraph_webhook_events_total',
      help: 'Events posted to /events by sender (unknown: no valid signature): stored, duplicate, or an error code.',
      labelNames: ['sender', 'outcome'],
      registers: [registry],
    });
  }

  stored(sender: string, duplicate: boolean): void {
    this.#events.inc({ sender, outcome: duplicate ? 'duplicate' : 'stored' });
  }

  /** Something failed that should not. */
  failed(sender: string): void {
    this.#events.inc({ sender, outcome: 'INTERNAL_ERROR' });
  }

  refused(sender: string, { errors }: Refusal): void {
    this.#events.inc({ sender, outcome: String(errors[0]?.extensions.code) });
  }
}
