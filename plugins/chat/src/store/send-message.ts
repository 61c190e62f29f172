import { DeskgraphError, type Row, type SqlRunner } from '@deskgraph/plugin-sdk';
import { nextId } from './record.js';
import type { ConversationRow, MessageKind, MessageRow, ParticipantRow } from './rows.js';

/** A message as a client sends it. */
export interface OutgoingMessage {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
  readonly kind: MessageKind;
}

/** The message that was stored under the client's id, if one was. */
export async function findSent(
  tx: SqlRunner,
  { conversationId, clientMessageId }: OutgoingMessage,
): Promise<MessageRow | undefined> {
  const [row] = await tx.query<MessageRow & Row>(
    'select * from message where conversation_id = $1 and client_message_id = $2',
    [conversationId, clientMessageId],
  );
  return row;
}

/** The earlier message, if this is a retry of it. @throws DeskgraphError CLIENT_ID_REUSED */
export function sameMessage(
  earlier: MessageRow,
  outgoing: OutgoingMessage,
  sender: ParticipantRow,
): MessageRow {
  const same =
    earlier.text === outgoing.text && earlier.kind === outgoing.kind && earlier.participant_id === sender.id;
  if (same) return earlier;
  throw new DeskgraphError(
    'CLIENT_ID_REUSED',
    `clientMessageId ${outgoing.clientMessageId} was used for another message of this conversation; make a new one.`,
  );
}

/** Stores a message under the sequence number that was taken for it. */
export async function insertMessage(
  tx: SqlRunner,
  { id, last_sequence }: ConversationRow,
  sender: ParticipantRow,
  { clientMessageId, kind, text }: OutgoingMessage,
): Promise<MessageRow> {
  const [row] = await tx.query<MessageRow & Row>(
    `insert into message (id, conversation_id, sequence, participant_id, client_message_id, kind, text)
     values ($1, $2, $3, $4, $5, $6, $7) returning *`,
    [`msg_${nextId()}`, id, last_sequence, sender.id, clientMessageId, kind, text],
  );
  return row as MessageRow;
}
