import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { nearest } from '../config/nearest.js';
import type { PluginHostOptions } from '../plugin-host.js';

/** Settings for plugins that are not there: most likely misspelt, and then silently without effect. */
export function unclaimedConfig(
  { config, disabled }: Pick<PluginHostOptions, 'config' | 'disabled'>,
  known: readonly string[],
): { readonly id: string; readonly error: DeskgraphError }[] {
  const configured = Object.keys(config.values).map((id) => ({
    id,
    place: config.locate?.([id]) ?? config.source,
  }));
  const switchedOff = disabled.map((id) => ({ id, place: 'the list of disabled plugins' }));
  return [...configured, ...switchedOff]
    .filter(({ id }) => !known.includes(id))
    .map(({ id, place }) => ({
      id,
      error: new DeskgraphError(
        'CONFIG_INVALID',
        `${place}: there is no plugin "${id}"${nearest(id, known)}`,
      ),
    }));
}
