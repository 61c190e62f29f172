import type { PluginHost } from '@deskgraph/plugin-host';
import { Gauge, type Registry } from 'prom-client';

/** Shows each plugin's state: 1 for the one it is in. */
export function registerPluginMetrics(registry: Registry, host: PluginHost): void {
  new Gauge({
    name: 'deskgraph_plugin_state',
    help: 'The state a plugin is in.',
    labelNames: ['plugin', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { id, state } of host.statuses) this.set({ plugin: id, state: state.name }, 1);
    },
  });
}
