import type { OutboxStatistics } from '@deskgraph/events/postgres';
import type { Logger } from '@deskgraph/plugin-sdk';
import { Counter, Gauge, type Registry } from 'prom-client';
import { Snapshot } from './snapshot.js';

/** What tells how the outbox stands. */
export interface OutboxSource {
  statistics(): Promise<OutboxStatistics>;
}

/** Shows how the outbox stands, over all processes. While the database cannot be asked, the values are absent. */
export function registerOutboxMetrics(registry: Registry, outbox: OutboxSource, log: Logger): void {
  const statistics = new Snapshot({
    take: () => outbox.statistics(),
    onFailure: (error) => log.warn({ error }, 'the outbox could not be asked how it stands'),
  });
  const registers = [registry];
  gauge(registry, {
    name: 'deskgraph_outbox_unpublished',
    help: 'Events stored that are not on the bus yet; counted up to 100 000.',
    read: async () => (await statistics.get())?.unpublished,
  });
  gauge(registry, {
    name: 'deskgraph_outbox_oldest_seconds',
    help: 'Age of the oldest event that is not on the bus yet; 0 when none waits.',
    read: async () => {
      const oldestMs = (await statistics.get())?.oldestMs;
      return oldestMs === undefined ? undefined : oldestMs / 1000;
    },
  });
  new Counter({
    name: 'deskgraph_events_published_total',
    help: 'Events handed to the bus since the database was made, by all processes; redelivered ones included.',
    registers,
    async collect() {
      const published = (await statistics.get())?.published;
      // Kept while the database is away: a counter that fell to 0 would look like a restart.
      if (published === undefined) return;
      this.reset();
      this.inc(published);
    },
  });
}

function gauge(
  registry: Registry,
  {
    name,
    help,
    read,
  }: { readonly name: string; readonly help: string; readonly read: () => Promise<number | undefined> },
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const value = await read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
