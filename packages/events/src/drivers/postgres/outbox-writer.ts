import type { SqlDatabase, SqlRunner } from '@deskgraph/plugin-sdk';
import { checkEnvelope } from '../../check-envelope.js';
import type { EventEnvelope } from '../../envelope.js';
import { envelopeText } from '../../envelope-text.js';
import type { Outbox } from '../../outbox.js';
import { partitionOf } from '../../partition.js';
import { checkKeys } from './check-keys.js';
import { eventSchema } from './event-schema.js';

/** Writes events into the outbox. */
export class OutboxWriter implements Outbox {
  /** @param onCommitted  told after commits: there is something to publish */
  constructor(
    private readonly database: SqlDatabase,
    private readonly onCommitted: () => void,
  ) {}

  async append(tx: SqlRunner, events: readonly EventEnvelope[]): Promise<number> {
    if (events.length === 0) return 0;
    const texts = events.map((event) => envelopeText(checkKeys(checkEnvelope(event))));
    const written = await tx.query(
      // Ids follow the order of the rows, because a sequence is asked row by row.
      `insert into ${eventSchema}.event (source, event_id, type, topic, partition, envelope)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[])
       on conflict do nothing returning true`,
      [
        events.map(({ source }) => source),
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        events.map(({ topic }) => topic),
        events.map(({ partitionkey }) => partitionOf(partitionkey)),
        texts,
      ],
    );
    return written.length;
  }

  async store(events: readonly EventEnvelope[]): Promise<number> {
    const stored = await this.append(this.database, events);
    this.onCommitted();
    return stored;
  }

  committed(): void {
    this.onCommitted();
  }
}
