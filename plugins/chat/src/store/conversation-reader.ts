import {
  type Connection,
  type Database,
  type KeyColumn,
  keysetClauses,
  type Page,
  type PageArguments,
  parsePage,
  type Row,
  toConnection,
} from '@deskgraph/plugin-sdk';
import type { Viewer } from '../viewer.js';
import type { ConversationEventRow, ConversationRow, MessageRow, ParticipantRow } from './rows.js';

/** Which conversations the inbox shows. */
export interface InboxFilter {
  readonly status?: string | null;
  readonly ownerKind?: string | null;
  readonly ownerId?: string | null;
}

/** Order of lists of conversations. */
export const inboxKey: readonly KeyColumn[] = [{ sql: 'activity', type: 'text' }];
/** Order of lists of messages. */
export const messageKey: readonly KeyColumn[] = [{ sql: 'sequence', type: 'bigint' }];

/** `$1` is null for those who see all, else a principal's id. Two forms, because PostgreSQL plans an OR of them badly. */
const visible = ({ seesAll }: Viewer) =>
  seesAll
    ? '$1::text is null'
    : 'conversation.id in (select conversation_id from participant where principal_id = $1)';
const restrictedTo = ({ seesAll, principal }: Viewer) => (seesAll ? null : principal.id);

/**
 * Reads conversations; every read of conversations is limited to what the viewer may see, every read of messages
 * to the kinds they may see. Each method is one statement, for however many ids.
 */
export class ConversationReader {
  constructor(private readonly database: Database) {}

  conversations(viewer: Viewer, ids: readonly string[]): Promise<ConversationRow[]> {
    return this.#query(`select * from conversation where ${visible(viewer)} and id = any($2)`, [
      restrictedTo(viewer),
      ids,
    ]);
  }

  /** The conversation that changed last first. */
  async inbox(
    viewer: Viewer,
    filter: InboxFilter,
    args: PageArguments,
  ): Promise<Connection<ConversationRow>> {
    const page = parsePage(args, inboxKey);
    const keyset = keysetClauses(page, inboxKey, 'desc', 5);
    const { status = null, ownerKind = null, ownerId = null } = filter;
    const rows = await this.#query<ConversationRow>(
      `select * from conversation where ${visible(viewer)} and ($2::text is null or status = $2)
         and ($3::text is null or owner_kind = $3) and ($4::text is null or owner_id = $4)
         and ${keyset.where} ${keyset.tail}`,
      [restrictedTo(viewer), status, ownerKind, ownerId, ...keyset.params],
    );
    return toConnection(rows, page, ({ activity }) => [activity]);
  }

  /** The same page of each customer's conversations. */
  conversationsOf(viewer: Viewer, customerIds: readonly string[], page: Page): Promise<ConversationRow[]> {
    const keyset = keysetClauses(page, inboxKey, 'desc', 3);
    return this.#query(
      `select page.* from unnest($2::text[]) as customer (id) cross join lateral (
         select * from conversation where ${visible(viewer)} and customer_id = customer.id
            and ${keyset.where} ${keyset.tail}) as page ${keyset.orderBy}`,
      [restrictedTo(viewer), customerIds, ...keyset.params],
    );
  }

  /** The same page of messages of each of some conversations that the viewer was found to see. */
  messagesOf(viewer: Viewer, conversationIds: readonly string[], page: Page): Promise<MessageRow[]> {
    const keyset = keysetClauses(page, messageKey, 'asc', 3);
    return this.#query(
      `select page.* from unnest($1::text[]) as conversation (id) cross join lateral (
         select * from message where conversation_id = conversation.id and ($2 or kind = 'TEXT')
            and ${keyset.where} ${keyset.tail}) as page ${keyset.orderBy}`,
      [conversationIds, viewer.seesAll, ...keyset.params],
    );
  }

  messagesByIds(viewer: Viewer, ids: readonly string[]): Promise<MessageRow[]> {
    return this.#query(
      `select message.* from message join conversation on conversation.id = conversation_id
        where ${visible(viewer)} and message.id = any($2) and ($3 or kind = 'TEXT')`,
      [restrictedTo(viewer), ids, viewer.seesAll],
    );
  }

  lastMessages(viewer: Viewer, conversationIds: readonly string[]): Promise<MessageRow[]> {
    return this.#query(
      `select newest.* from unnest($1::text[]) as conversation (id) cross join lateral (
         select * from message where conversation_id = conversation.id and ($2 or kind = 'TEXT')
          order by sequence desc limit 1) as newest`,
      [conversationIds, viewer.seesAll],
    );
  }

  /** Participants of the conversations, in the order they joined. */
  participantsOf(
    conversationIds: readonly string[],
  ): Promise<(ParticipantRow & { readonly conversation_id: string })[]> {
    return this.#query('select * from participant where conversation_id = any($1) order by joined_at, id', [
      conversationIds,
    ]);
  }

  participants(ids: readonly string[]): Promise<ParticipantRow[]> {
    return this.#query('select * from participant where id = any($1)', [ids]);
  }

  /** Changes after a sequence number, oldest first. */
  changesAfter(conversationId: string, sequence: number, count: number): Promise<ConversationEventRow[]> {
    return this.#query(
      'select * from conversation_event where conversation_id = $1 and sequence > $2 order by sequence limit $3',
      [conversationId, sequence, count],
    );
  }

  /** Messages after a sequence number with who sent them, oldest first; of all kinds. */
  async messagesAfter(
    conversationId: string,
    sequence: number,
    count: number,
  ): Promise<{ readonly message: MessageRow; readonly sender: ParticipantRow }[]> {
    const messages = await this.#query<MessageRow>(
      'select * from message where conversation_id = $1 and sequence > $2 order by sequence limit $3',
      [conversationId, sequence, count],
    );
    const senders = await this.participants([
      ...new Set(messages.map(({ participant_id }) => participant_id)),
    ]);
    const byId = new Map(senders.map((sender) => [sender.id, sender]));
    return messages.map((message) => ({
      message,
      sender: byId.get(message.participant_id) as ParticipantRow,
    }));
  }

  /** The number of a conversation's last change; 0 when there is no such conversation. */
  async lastSequence(conversationId: string): Promise<number> {
    const [row] = await this.#query<Pick<ConversationRow, 'last_sequence'>>(
      'select last_sequence from conversation where id = $1',
      [conversationId],
    );
    return Number(row?.last_sequence ?? 0);
  }

  messagesBySequence(
    viewer: Viewer,
    conversationId: string,
    sequences: readonly string[],
  ): Promise<MessageRow[]> {
    return this.#query(
      `select * from message where conversation_id = $1 and sequence = any($2) and ($3 or kind = 'TEXT')`,
      [conversationId, sequences, viewer.seesAll],
    );
  }

  #query<Result>(sql: string, params: readonly unknown[]): Promise<Result[]> {
    return this.database.query<Result & Row>(sql, params);
  }
}
