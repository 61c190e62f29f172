import { DeskgraphError, type Row, type SqlRunner } from '@deskgraph/plugin-sdk';
import { nextId } from './record.js';
import type { ConversationRow } from './rows.js';

/** What a client says of a conversation to open. */
export interface NewConversation {
  readonly customerId?: string | null;
  readonly channel: string;
  readonly subject?: string | null;
}

/** Whose conversation it is to be. */
interface Asked extends NewConversation {
  readonly customerId: string | null;
  readonly visitorId: string | null;
}

/** A new conversation; nothing when one is open already. Two who open at once get one: the unique indexes decide. */
export async function insertConversation(tx: SqlRunner, asked: Asked): Promise<ConversationRow | undefined> {
  const { channel, subject, customerId, visitorId } = asked;
  const [row] = await tx.query<ConversationRow & Row>(
    `insert into conversation (id, channel, subject, customer_id, visitor_id, activity)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning *`,
    [`con_${nextId()}`, channel, subject ?? null, customerId, visitorId, nextId()],
  );
  return row;
}

/** The one that is open, locked. @throws DeskgraphError CONFLICT when it was resolved meanwhile */
export async function findOpen(tx: SqlRunner, asked: Asked): Promise<ConversationRow> {
  const { channel, customerId, visitorId } = asked;
  const [row] = await tx.query<ConversationRow & Row>(
    `select * from conversation where status = 'OPEN' and channel = $1 and (customer_id = $2 or visitor_id = $3)
      order by visitor_id = $3 desc nulls last limit 1 for update`,
    [channel, customerId, visitorId],
  );
  if (row !== undefined) return row;
  throw new DeskgraphError('CONFLICT', 'The open conversation was resolved a moment ago; try again.');
}
