import { DirectOutbox, MemoryBus } from '@deskgraph/events';
import { createPluginHost } from '@deskgraph/plugin-host';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { composeTolerant } from '../supergraph/composition/compose-tolerant.js';
import type { HubSettings } from './settings.js';

/**
 * The supergraph that the hub would serve, without starting anything.
 * @throws DeskgraphError COMPOSITION_FAILED naming every plugin that cannot be part of it
 */
export function composePlugins(settings: HubSettings, log: Logger): string {
  const bus = new MemoryBus(log);
  const host = createPluginHost({
    directories: settings.pluginDirectories,
    disabled: settings.disabledPlugins,
    config: { values: settings.plugins, source: settings.file },
    environment: {},
    databaseUrl: '',
    demo: false,
    bus,
    outbox: new DirectOutbox(bus),
    compose: composeTolerant,
    log,
  });
  host.validate();
  const failed = host.statuses.flatMap(({ id, state }) =>
    state.name === 'failed' ? [`${id}: ${state.error.message}`] : [],
  );
  if (failed.length > 0) throw new DeskgraphError('COMPOSITION_FAILED', failed.join('\n'));
  return composeTolerant(host.subgraphs).supergraphSdl;
}
