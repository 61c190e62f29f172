import type { Row, SqlRunner } from '@deskgraph/plugin-sdk';
import { monotonicFactory } from 'ulid';
import type { Change, ConversationRow } from './rows.js';

/** The next ULID; greater than every one that this process made before. */
export const nextId = monotonicFactory();

/** Columns that a change may set. */
export type ChangedColumns = Partial<Pick<ConversationRow, 'status' | 'owner_kind' | 'owner_id'>>;

/**
 * Takes the next sequence number for a change and notes the change under it. The transaction must hold the
 * conversation's row lock: that is what makes the sequence gapless and its order that of the commits.
 * @returns the conversation as the change leaves it
 */
export async function record(
  tx: SqlRunner,
  conversation: ConversationRow,
  change: Change,
  columns: ChangedColumns = {},
): Promise<ConversationRow> {
  const { status, owner_kind, owner_id } = { ...conversation, ...columns };
  const [row] = await tx.query<ConversationRow & Row>(
    `with changed as (
       update conversation set last_sequence = last_sequence + 1, activity = $3, updated_at = clock_timestamp(),
              version = version + $4, status = $5, owner_kind = $6, owner_id = $7
        where id = $1 returning *
     ), noted as (
       insert into conversation_event (conversation_id, sequence, change) select id, last_sequence, $2 from changed
     )
     select * from changed`,
    [
      conversation.id,
      change,
      // Reading is no activity: it must not reorder the inbox.
      change === 'READ' ? conversation.activity : nextId(),
      // Only what a claim decides on: a busy visitor must not make every claim fail.
      change === 'OWNER_CHANGED' || change === 'STATUS_CHANGED' ? 1 : 0,
      status,
      owner_kind,
      owner_id,
    ],
  );
  return row as ConversationRow;
}
