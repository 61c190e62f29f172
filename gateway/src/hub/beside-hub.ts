import type { EventBus } from '@deskgraph/events';
import { OutboxReader } from '@deskgraph/events/postgres';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { findEmbeddedPostgres, useExternalPostgres } from '@deskgraph/postgres';
import { openEvents } from './open-events.js';
import type { HubSettings } from './settings.js';

/** The bus and the outbox of a hub, for a command beside it. */
export interface BesideHub extends AsyncDisposable {
  readonly bus: EventBus;
  readonly outbox: OutboxReader;
}

/**
 * Opens the outbox that a hub with these settings writes to.
 * @throws DeskgraphError DATABASE_UNAVAILABLE when its database cannot be reached, or no hub ever used it
 */
export async function openOutbox(settings: HubSettings, log: Logger): Promise<OutboxReader> {
  const outbox = new OutboxReader(await findDatabase(settings), log);
  try {
    await outbox.lastPosition();
    return outbox;
  } catch (error) {
    await outbox[Symbol.asyncDispose]();
    throw isUnknownTable(error) ? neverUsed(error) : error;
  }
}

/**
 * Opens the bus that a hub with these settings uses.
 * @throws DeskgraphError DATABASE_UNAVAILABLE, EVENT_BUS_UNAVAILABLE
 */
export async function openBesideHub(settings: HubSettings, log: Logger): Promise<BesideHub> {
  const outbox = await openOutbox(settings, log);
  try {
    const events = await openEvents(settings.events, await findDatabase(settings), log);
    return {
      bus: events.bus,
      outbox,
      async [Symbol.asyncDispose]() {
        await events[Symbol.asyncDispose]();
        await outbox[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await outbox[Symbol.asyncDispose]();
    throw error;
  }
}

async function findDatabase({ databaseUrl, dataDir }: HubSettings): Promise<string> {
  return databaseUrl === undefined
    ? findEmbeddedPostgres(dataDir)
    : (await useExternalPostgres(databaseUrl.reveal())).url;
}

/** SQLSTATE undefined_table. */
function isUnknownTable(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '42P01';
}

function neverUsed(cause: unknown): DeskgraphError {
  return new DeskgraphError(
    'DATABASE_UNAVAILABLE',
    'No hub has used this database yet: it has no events. Start one with "npm start", or name another in DATABASE_URL.',
    { cause },
  );
}
