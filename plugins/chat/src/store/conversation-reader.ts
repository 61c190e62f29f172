import {
  type Connection,
  type Database,
  type KeyColumn,
  keysetClauses,
  type PageArguments,
  parsePage,
  type Row,
  toConnection,
} from '@deskgraph/plugin-sdk';
import type { Viewer } from '../viewer.js';
import type { ConversationEventRow, ConversationRow, MessageRow, ParticipantRow } from './rows.js';

/** Which conversations a list shows. */
export interface ConversationFilter {
  readonly status?: string | null;
  readonly ownerId?: string | null;
  readonly customerId?: string | null;
}

const inboxKey: readonly KeyColumn[] = [{ sql: 'activity', type: 'text' }];
const messageKey: readonly KeyColumn[] = [{ sql: 'sequence', type: 'bigint' }];

/** A visitor's own conversations; all for an agent. `$1` is null for agents, else the visitor's principal id. */
const visible = `($1::text is null or exists (
  select from participant where conversation_id = conversation.id and principal_id = $1))`;

const visitorId = ({ isAgent, principal }: Viewer) => (isAgent ? null : principal.id);

/** Reads conversations; every read is limited to what the viewer may see. */
export class ConversationReader {
  constructor(private readonly database: Database) {}

  conversations(viewer: Viewer, ids: readonly string[]): Promise<ConversationRow[]> {
    return this.#query(`select * from conversation where ${visible} and id = any($2)`, [
      visitorId(viewer),
      ids,
    ]);
  }

  async list(
    viewer: Viewer,
    filter: ConversationFilter,
    args: PageArguments,
  ): Promise<Connection<ConversationRow>> {
    const page = parsePage(args, inboxKey);
    const keyset = keysetClauses(page, inboxKey, 'desc', 5);
    const rows = await this.#query<ConversationRow>(
      `select * from conversation where ${visible}
         and ($2::text is null or status = $2) and ($3::text is null or owner_id = $3)
         and ($4::text is null or customer_id = $4) and ${keyset.where} ${keyset.tail}`,
      [
        visitorId(viewer),
        filter.status ?? null,
        filter.ownerId ?? null,
        filter.customerId ?? null,
        ...keyset.params,
      ],
    );
    return toConnection(rows, page, ({ activity }) => [activity]);
  }

  /** Messages of a conversation that the viewer was found to see. */
  async messages(
    viewer: Viewer,
    conversationId: string,
    args: PageArguments,
  ): Promise<Connection<MessageRow>> {
    const page = parsePage(args, messageKey);
    const keyset = keysetClauses(page, messageKey, 'asc', 3);
    const rows = await this.#query<MessageRow>(
      `select * from message where conversation_id = $1 and ($2 or kind = 'TEXT') and ${keyset.where} ${keyset.tail}`,
      [conversationId, viewer.isAgent, ...keyset.params],
    );
    return toConnection(rows, page, ({ sequence }) => [sequence]);
  }

  messagesByIds(viewer: Viewer, ids: readonly string[]): Promise<MessageRow[]> {
    return this.#query(
      `select message.* from message join conversation on conversation.id = conversation_id
        where ${visible} and message.id = any($2) and ($3 or kind = 'TEXT')`,
      [visitorId(viewer), ids, viewer.isAgent],
    );
  }

  lastMessages(viewer: Viewer, conversationIds: readonly string[]): Promise<MessageRow[]> {
    return this.#query(
      `select newest.* from unnest($1::text[]) as wanted(id) cross join lateral (
         select * from message where conversation_id = wanted.id and ($2 or kind = 'TEXT')
          order by sequence desc limit 1) as newest`,
      [conversationIds, viewer.isAgent],
    );
  }

  unreadCounts(
    viewer: Viewer,
    conversationIds: readonly string[],
  ): Promise<{ id: string; unread: number }[]> {
    return this.#query(
      `select wanted.id, count(message.id)::int as unread from unnest($1::text[]) as wanted(id)
         left join participant on participant.conversation_id = wanted.id and principal_id = $2
         join message on message.conversation_id = wanted.id
          and message.sequence > coalesce(last_read_sequence, 0)
          and participant_id is distinct from participant.id and ($3 or message.kind = 'TEXT')
        group by wanted.id`,
      [conversationIds, viewer.principal.id, viewer.isAgent],
    );
  }

  participantsOf(conversationIds: readonly string[]): Promise<ParticipantRow[]> {
    return this.#query('select * from participant where conversation_id = any($1) order by id', [
      conversationIds,
    ]);
  }

  participants(ids: readonly string[]): Promise<ParticipantRow[]> {
    return this.#query('select * from participant where id = any($1)', [ids]);
  }

  /** Changes after a sequence number, one more than asked for when there are others. */
  events(conversationId: string, afterSequence: number, count: number): Promise<ConversationEventRow[]> {
    return this.#query(
      'select * from conversation_event where conversation_id = $1 and sequence > $2 order by sequence limit $3',
      [conversationId, afterSequence, count + 1],
    );
  }

  messagesBySequence(
    viewer: Viewer,
    conversationId: string,
    sequences: readonly string[],
  ): Promise<MessageRow[]> {
    return this.#query(
      `select * from message where conversation_id = $1 and sequence = any($2) and ($3 or kind = 'TEXT')`,
      [conversationId, sequences, viewer.isAgent],
    );
  }

  #query<Result>(sql: string, params: readonly unknown[]): Promise<Result[]> {
    return this.database.query<Result & Row>(sql, params);
  }
}
