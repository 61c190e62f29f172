import type { EventBus, Outbox } from '@deskgraph/events';
import { PostgresBus } from '@deskgraph/events/postgres';
import type { Logger } from '@deskgraph/plugin-sdk';

/** The hub's bus, and the outbox before it. */
export interface HubEvents extends AsyncDisposable {
  readonly bus: EventBus;
  readonly outbox: Outbox;
}

/** What decides which bus it is. */
export interface EventOptions {
  /** Of the database with the outbox. */
  readonly databaseUrl: string;
  readonly log: Logger;
}

/**
 * Opens the bus that the settings choose (schema/EVENTS.md, section 7).
 * @throws DeskgraphError DATABASE_UNAVAILABLE, MIGRATION_FAILED, EVENT_BUS_UNAVAILABLE
 */
export async function openEvents(options: EventOptions): Promise<HubEvents> {
  const bus = await PostgresBus.open(options);
  return { bus, outbox: bus, [Symbol.asyncDispose]: () => bus.close() };
}
