/** A row of `conversation`; `bigint` columns come as text. */
export interface ConversationRow {
  readonly id: string;
  readonly channel: string;
  readonly subject: string | null;
  readonly status: 'OPEN' | 'RESOLVED';
  readonly customer_id: string | null;
  readonly visitor_id: string | null;
  readonly owner_kind: 'BOT' | 'QUEUE' | 'AGENT';
  readonly owner_id: string | null;
  readonly version: number;
  readonly last_sequence: string;
  readonly activity: string;
  readonly opened_at: Date;
  readonly updated_at: Date;
}

/** A row of `participant`, as far as it is shown. */
export interface ParticipantRow {
  readonly id: string;
  readonly kind: 'VISITOR' | 'AGENT' | 'BOT';
  readonly customer_id: string | null;
  readonly display_name: string;
  readonly last_read_sequence: string;
  readonly unread_count: number;
}

/** What a message is: `TEXT` for everybody, `NOTE` for colleagues. */
export type MessageKind = 'TEXT' | 'NOTE';

/** A row of `message`. */
export interface MessageRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly sequence: string;
  readonly participant_id: string;
  readonly client_message_id: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly sent_at: Date;
}

/** How a conversation changed. */
export type Change = 'OPENED' | 'MESSAGE_ADDED' | 'STATUS_CHANGED' | 'OWNER_CHANGED' | 'READ';

/** A row of `conversation_event`. */
export interface ConversationEventRow {
  readonly conversation_id: string;
  readonly sequence: string;
  readonly change: Change;
  readonly at: Date;
}
