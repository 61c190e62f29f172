import type { BusAdministration, GroupState } from '@deskgraph/events';
import type { Logger } from '@deskgraph/plugin-sdk';
import { Gauge, type Registry } from 'prom-client';
import { Snapshot } from './snapshot.js';

/** What is shown of each consumer group. */
const gauges: readonly {
  readonly name: string;
  readonly help: string;
  readonly value: (state: GroupState) => number;
}[] = [
  {
    name: 'deskgraph_bus_group_lag',
    help: 'Events published that the group has not finished.',
    value: ({ lag }) => lag,
  },
  {
    name: 'deskgraph_bus_group_lag_seconds',
    help: 'Age of the oldest event that the group has not finished; 0 without lag.',
    value: ({ lagMs }) => lagMs / 1000,
  },
  {
    name: 'deskgraph_bus_group_members',
    help: 'Processes that consume for the group.',
    value: ({ members }) => members,
  },
  {
    name: 'deskgraph_bus_dead_letters',
    help: 'Events that the group could not handle and that were put aside.',
    value: ({ deadLetters }) => deadLetters,
  },
];

/** Shows how the consumer groups stand, over all processes. While the bus cannot be asked, the values are absent. */
export function registerGroupMetrics(
  registry: Registry,
  administration: Pick<BusAdministration, 'groups'>,
  log: Logger,
): void {
  const groups = new Snapshot({
    take: () => administration.groups(),
    onFailure: (error) => log.warn({ error }, 'the bus could not be asked how its groups stand'),
  });
  for (const { name, help, value } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['group'],
      registers: [registry],
      async collect() {
        const states = await groups.get();
        this.reset();
        for (const state of states ?? []) this.set({ group: state.group }, value(state));
      },
    });
  }
}
