import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** A plugin as far as the order of starting is concerned. */
export interface Ordered {
  readonly id: string;
  readonly requires: readonly string[];
}

/** The plugins in an order in which each comes after what it requires, and those that have no such place. */
export interface StartOrder<Plugin extends Ordered> {
  readonly order: readonly Plugin[];
  readonly refused: readonly { readonly plugin: Plugin; readonly error: DeskgraphError }[];
}

/** Orders plugins by `requires`; a missing requirement or a cycle refuses those that depend on it. */
export function startOrder<Plugin extends Ordered>(plugins: readonly Plugin[]): StartOrder<Plugin> {
  const order: Plugin[] = [];
  const waiting = new Set(plugins);
  for (let progress = true; progress; ) {
    progress = false;
    for (const plugin of waiting) {
      if (!plugin.requires.every((id) => order.some((placed) => placed.id === id))) continue;
      order.push(plugin);
      waiting.delete(plugin);
      progress = true;
    }
  }
  return {
    order,
    refused: [...waiting].map((plugin) => ({ plugin, error: explain(plugin, plugins, order) })),
  };
}

function explain(plugin: Ordered, all: readonly Ordered[], placed: readonly Ordered[]): DeskgraphError {
  const missing = plugin.requires.filter((id) => !all.some((candidate) => candidate.id === id));
  const blocked = plugin.requires.filter((id) => !placed.some((candidate) => candidate.id === id));
  const reason =
    missing.length > 0
      ? `requires ${missing.join(', ')}, which is not installed or not valid. Install it, or remove it from "requires"`
      : `requires ${blocked.join(', ')}, which cannot start before it (a cycle, or a refused plugin). Break the cycle in "requires"`;
  return new DeskgraphError('PLUGIN_INCOMPATIBLE', `Plugin ${plugin.id} ${reason}.`);
}
