import { OutboxReader } from '@deskgraph/events/postgres';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { Registry } from 'prom-client';
import { registerGroupMetrics } from '../metrics/group-metrics.js';
import { MeteredBus } from '../metrics/metered-bus.js';
import { registerOutboxMetrics } from '../metrics/outbox-metrics.js';
import type { HubEvents } from './open-events.js';

/** What metrics of events are made with. */
export interface EventMeters {
  readonly registry: Registry;
  readonly databaseUrl: string;
  readonly log: Logger;
}

/** Shows outbox and groups in the metrics. What it returns is to be used and closed in place of `events`. */
export function meterEvents(
  { bus, outbox, ...events }: HubEvents,
  { registry, databaseUrl, log }: EventMeters,
): HubEvents {
  const reader = new OutboxReader(databaseUrl, log);
  registerOutboxMetrics(registry, reader, log);
  if (bus.administration !== null) registerGroupMetrics(registry, bus.administration, log);
  return {
    bus: new MeteredBus(bus, registry),
    outbox,
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await events[Symbol.asyncDispose]();
    },
  };
}
