import type { Consumer, EventBus, EventEnvelope, HandlerContext } from '@deskgraph/events';
import { takesEffect } from '@deskgraph/events/postgres';
import {
  type Database,
  type DeclaredEvents,
  DeskgraphError,
  type EventContext,
  type EventSubscribers,
} from '@deskgraph/plugin-sdk';
import type { ValidPlugin } from '../validate/validate-plugin.js';

/** What handlers of a plugin work with. */
export interface SubscriptionSurroundings {
  readonly bus: EventBus;
  /** Gives the plugin's database; asked when a handler first needs it. */
  readonly database: () => Database<DeclaredEvents>;
}

/**
 * Has the plugin's handlers called for the events that its manifest says it consumes, as the consumer group of its id.
 * What does not fit the schema named there fails with EVENT_INVALID, which the bus does not try again.
 * @returns null when it has none
 * @throws DeskgraphError EVENT_UNDECLARED when it handles what its manifest does not name, PLUGIN_START_FAILED when it
 *   does not handle what its manifest names
 */
export async function subscribe(
  { manifest, events }: ValidPlugin,
  subscribers: EventSubscribers<DeclaredEvents>,
  { bus, database }: SubscriptionSurroundings,
): Promise<Consumer | null> {
  const types = Object.keys(subscribers);
  checkHandled(manifest.id, types, events.consumedTypes);
  if (types.length === 0) return null;
  // One consumer for all types, so that events of one key keep their order across types.
  return bus.consume(manifest.id, types, (event, context) => {
    events.checkConsumed(event.type, event.data);
    return subscribers[event.type]?.(event, eventContext(manifest.id, event, context, database));
  });
}

/** What a manifest says is consumed, others send: it must not be dropped in silence. */
function checkHandled(id: string, handled: readonly string[], declared: readonly string[]): void {
  const undeclared = handled.filter((type) => !declared.includes(type));
  if (undeclared.length > 0) {
    throw new DeskgraphError(
      'EVENT_UNDECLARED',
      `Plugin ${id} handles ${undeclared.join(', ')}, which its plugin.json does not declare. Add it under events.consumes.`,
    );
  }
  const unhandled = declared.filter((type) => !handled.includes(type));
  if (unhandled.length > 0) {
    throw new DeskgraphError(
      'PLUGIN_START_FAILED',
      `Plugin ${id} has no handler for ${unhandled.join(', ')}, which its plugin.json says it consumes. Add it to subscribers, or take it out of events.consumes.`,
    );
  }
}

/** The bus's context goes along as it is, so that its signal is made only for handlers that ask for it. */
function eventContext(
  consumer: string,
  event: EventEnvelope,
  context: HandlerContext,
  database: () => Database<DeclaredEvents>,
): EventContext<DeclaredEvents> {
  return {
    delivery: context.delivery,
    get signal() {
      return context.signal;
    },
    once: (work) =>
      database().transaction(async (tx) => {
        const { generation } = context;
        return (await takesEffect(tx, { consumer, generation, event })) ? work(tx) : undefined;
      }),
  };
}
