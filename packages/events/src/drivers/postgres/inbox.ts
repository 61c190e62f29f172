import type { SqlRunner } from '@deskgraph/plugin-sdk';
import type { EventEnvelope } from '../../envelope.js';
import { eventSchema } from './event-schema.js';

/** For whom an event is to take effect once. */
export interface InboxKey {
  /** The consumer group. */
  readonly consumer: string;
  /** Of the group: what is set back takes effect again. */
  readonly generation: number;
  readonly event: Pick<EventEnvelope, 'source' | 'id'>;
}

/**
 * Notes in the caller's transaction that an event takes effect now.
 * @returns false when it has before, so that it must not again
 */
export async function takesEffect(
  tx: SqlRunner,
  { consumer, generation, event }: InboxKey,
): Promise<boolean> {
  const noted = await tx.query(
    `insert into ${eventSchema}.inbox (consumer, generation, source, event_id) values ($1, $2, $3, $4)
     on conflict do nothing returning true`,
    [consumer, generation, event.source, event.id],
  );
  return noted.length === 1;
}
