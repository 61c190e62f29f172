import { createEvent, type EventEnvelope, type Outbox } from '@deskgraph/events';
import type { Database, DeclaredEvents, EventPublisher, SqlDatabase } from '@deskgraph/plugin-sdk';
import type { ValidPlugin } from '../validate/validate-plugin.js';

/** Publishes what the plugin's manifest declares, by writing it somewhere. */
export function publisher(
  { manifest, events }: ValidPlugin,
  write: (events: readonly EventEnvelope[]) => Promise<unknown>,
): EventPublisher<DeclaredEvents> {
  const source = `/plugins/${manifest.id}`;
  return {
    async publish(...outgoing) {
      for (const { type, data } of outgoing) events.checkPublished(type, data);
      await write(
        outgoing.map(({ key, ...event }) =>
          createEvent({ ...event, source, partitionkey: key ?? event.subject ?? event.topic }),
        ),
      );
    },
  };
}

/** A database whose transactions publish through the outbox (schema/EVENTS.md, section 3). */
export function publishingDatabase(
  database: SqlDatabase,
  plugin: ValidPlugin,
  outbox: Outbox,
): Database<DeclaredEvents> {
  return {
    schema: database.schema,
    query: (sql, params) => database.query(sql, params),
    async transaction(work) {
      let published = false;
      const result = await database.transaction((tx) => {
        const events = publisher(plugin, (envelopes) => {
          published = true;
          return outbox.append(tx, envelopes);
        });
        return work({ query: (sql, params) => tx.query(sql, params), events });
      });
      if (published) outbox.committed();
      return result;
    },
  };
}
