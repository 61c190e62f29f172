import type { EventBus, Outbox } from '@deskgraph/events';
import { PostgresBus, RelayedOutbox } from '@deskgraph/events/postgres';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { EventSettings } from './settings.js';

/** The hub's bus, and the outbox before it. */
export interface HubEvents extends AsyncDisposable {
  readonly bus: EventBus;
  readonly outbox: Outbox;
}

/**
 * Opens the bus that the settings choose (schema/EVENTS.md, section 7).
 * @param databaseUrl  of the database with the outbox
 * @throws DeskgraphError DATABASE_UNAVAILABLE, MIGRATION_FAILED, EVENT_BUS_UNAVAILABLE
 */
export async function openEvents(
  { redisUrl, natsUrl }: Pick<EventSettings, 'redisUrl' | 'natsUrl'>,
  databaseUrl: string,
  log: Logger,
): Promise<HubEvents> {
  // Loaded where they are chosen: each takes longer to load than the rest of the bus to open.
  if (redisUrl !== undefined) {
    const { RedisBus } = await import('@deskgraph/events/redis');
    return relayed(await RedisBus.open({ url: redisUrl.reveal(), log }), databaseUrl, log);
  }
  if (natsUrl !== undefined) {
    const { NatsBus } = await import('@deskgraph/events/nats');
    return relayed(await NatsBus.open({ url: natsUrl.reveal(), log }), databaseUrl, log);
  }
  const bus = await PostgresBus.open({ databaseUrl, log });
  return { bus, outbox: bus, [Symbol.asyncDispose]: () => bus.close() };
}

/** A bus with a server of its own, and the relay that feeds it. */
async function relayed(bus: EventBus, databaseUrl: string, log: Logger): Promise<HubEvents> {
  try {
    const outbox = await RelayedOutbox.open({ databaseUrl, bus, log });
    return {
      bus,
      outbox,
      async [Symbol.asyncDispose]() {
        await outbox[Symbol.asyncDispose]();
        await bus.close();
      },
    };
  } catch (error) {
    await bus.close();
    throw error;
  }
}
