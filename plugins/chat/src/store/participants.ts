import type { Principal, Row, SqlRunner } from '@deskgraph/plugin-sdk';
import { nextId } from './record.js';
import type { ConversationRow, MessageRow, ParticipantRow } from './rows.js';

const kinds = { visitor: 'VISITOR', agent: 'AGENT', service: 'BOT' } as const;

/** The principal's participant in the conversation, if they take part. */
export async function findParticipant(
  tx: SqlRunner,
  { id }: ConversationRow,
  principal: Principal,
): Promise<ParticipantRow | undefined> {
  const [row] = await tx.query<ParticipantRow & Row>(
    'select * from participant where conversation_id = $1 and principal_id = $2',
    [id, principal.id],
  );
  return row;
}

/**
 * The principal's participant, made when they first take part; what was said before counts as read. The
 * transaction must hold the conversation's row lock.
 */
export async function join(
  tx: SqlRunner,
  conversation: ConversationRow,
  principal: Principal,
): Promise<ParticipantRow> {
  const known = await findParticipant(tx, conversation, principal);
  if (known !== undefined) return known;
  const [joined] = await tx.query<ParticipantRow & Row>(
    `insert into participant
       (id, conversation_id, kind, principal_id, customer_id, display_name, last_read_sequence)
     values ($1, $2, $3, $4, $5, $6, $7) returning *`,
    [
      `par_${nextId()}`,
      conversation.id,
      kinds[principal.kind],
      principal.id,
      principal.kind === 'visitor' ? conversation.customer_id : null,
      principal.displayName,
      conversation.last_sequence,
    ],
  );
  return joined as ParticipantRow;
}

/** The customer that a visitor was known as last; null for a stranger. */
export async function customerOf(tx: SqlRunner, visitor: Principal): Promise<string | null> {
  const [row] = await tx.query<{ customer_id: string }>(
    `select customer_id from participant where principal_id = $1 and kind = 'VISITOR' and customer_id is not null
      order by joined_at desc limit 1`,
    [visitor.id],
  );
  return row?.customer_id ?? null;
}

/** One more unread message for everybody who may read it but its sender. */
export async function countUnread(tx: SqlRunner, message: MessageRow): Promise<void> {
  await tx.query(
    `update participant set unread_count = unread_count + 1
      where conversation_id = $1 and id <> $2 and ($3 = 'TEXT' or kind <> 'VISITOR')`,
    [message.conversation_id, message.participant_id, message.kind],
  );
}

/** Moves a read cursor. */
export async function readUpTo(tx: SqlRunner, { id }: ParticipantRow, sequence: number): Promise<void> {
  await tx.query(
    `update participant set last_read_sequence = $2, unread_count = (
       select count(*) from message
        where message.conversation_id = participant.conversation_id and message.sequence > $2
          and message.participant_id <> participant.id
          and (message.kind = 'TEXT' or participant.kind <> 'VISITOR'))
      where id = $1`,
    [id, sequence],
  );
}
