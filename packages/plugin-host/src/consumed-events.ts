import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { EventCatalogue } from './validate/event-catalogue.js';

/** What the plugins of a host take from the bus, whoever published it. */
export interface ConsumedEvents {
  /** Every type that some plugin consumes, sorted. */
  readonly types: readonly string[];
  /**
   * Checks an event's data by the schema of each plugin that consumes its type. The message names the plugin and
   * places in the data, never its values.
   * @throws DeskgraphError EVENT_UNDECLARED when no plugin consumes the type, EVENT_INVALID when the data does not fit
   */
  check(type: string, data: unknown): void;
}

/** Joins the catalogues of all plugins. */
export function consumedEvents(catalogues: readonly EventCatalogue[]): ConsumedEvents {
  const types = [...new Set(catalogues.flatMap(({ consumedTypes }) => consumedTypes))].sort();
  return {
    types,
    check(type, data) {
      const consumers = catalogues.filter(({ consumedTypes }) => consumedTypes.includes(type));
      for (const consumer of consumers) consumer.checkConsumed(type, data);
      if (consumers.length > 0) return;
      throw new DeskgraphError(
        'EVENT_UNDECLARED',
        `No plugin consumes this type of event. Consumed are: ${types.join(', ') || 'none'}.`,
      );
    },
  };
}
