import {
  type Database,
  DeskgraphError,
  type Principal,
  type Row,
  type SqlRunner,
} from '@deskgraph/plugin-sdk';
import { monotonicFactory } from 'ulid';
import type { ChangeAnnouncer } from '../change-announcer.js';
import { noConversation, type Viewer } from '../viewer.js';
import type { Change, ConversationRow, MessageKind, MessageRow, ParticipantRow } from './rows.js';

const nextId = monotonicFactory();

/** A message as a client sends it. */
export interface OutgoingMessage {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
  readonly kind: MessageKind;
}

/** A message that is stored, and whether this call stored it. */
interface StoredMessage {
  readonly conversation: ConversationRow;
  readonly message: MessageRow;
  readonly added: boolean;
}

/**
 * Changes conversations. Every change takes the conversation's row lock, then the next sequence number; it is
 * announced once it is committed, never before.
 */
export class ConversationWriter {
  constructor(
    private readonly database: Database,
    private readonly announcer: ChangeAnnouncer,
  ) {}

  /** Opens a conversation, or finds the one that is open for the customer on the channel. */
  async open(
    viewer: Viewer,
    input: { readonly customerId: string; readonly channel: string; readonly subject?: string | null },
  ): Promise<{ readonly conversation: ConversationRow; readonly opened: boolean }> {
    const outcome = await this.database.transaction(async (tx) => {
      const [created] = await query<ConversationRow>(
        tx,
        `insert into conversation (id, channel, subject, customer_id, activity) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, channel) where status = 'OPEN' do nothing returning *`,
        [`con_${nextId()}`, input.channel, input.subject ?? null, input.customerId, nextId()],
      );
      if (created === undefined) return { conversation: await openOne(tx, input), opened: false };
      await this.#join(tx, created, viewer.principal);
      return { conversation: await record(tx, created, 'OPENED'), opened: true };
    });
    if (outcome.opened) await this.announcer.changed(outcome.conversation, 'OPENED');
    return outcome;
  }

  /**
   * Stores a message once.
   * @throws DeskgraphError NOT_FOUND; CLIENT_ID_REUSED when the id was used for another text
   */
  async send(viewer: Viewer, outgoing: OutgoingMessage): Promise<StoredMessage> {
    const stored = await this.database.transaction(async (tx) => {
      const conversation = await this.#lock(tx, viewer, outgoing.conversationId);
      const sender = await this.#join(tx, conversation, viewer.principal);
      const [earlier] = await query<MessageRow>(
        tx,
        'select * from message where conversation_id = $1 and client_message_id = $2',
        [conversation.id, outgoing.clientMessageId],
      );
      if (earlier !== undefined)
        return { conversation, message: sameMessage(earlier, outgoing, sender), added: false };
      const changed = await record(tx, conversation, 'MESSAGE_ADDED');
      return {
        conversation: changed,
        message: await insertMessage(tx, changed, sender, outgoing),
        added: true,
      };
    });
    if (stored.added) await this.announcer.messageAdded(stored.conversation, stored.message);
    return stored;
  }

  /** Of several agents that claim at a time, one gets it. @throws DeskgraphError CONFLICT | NOT_FOUND */
  claim(viewer: Viewer, conversationId: string, version: number): Promise<ConversationRow> {
    return this.#change(viewer, conversationId, 'OWNER_CHANGED', async (tx, conversation) => {
      assertVersion(conversation, version, conversation.owner_kind === 'QUEUE');
      await this.#join(tx, conversation, viewer.principal);
      return { owner_kind: 'AGENT', owner_id: viewer.principal.id };
    });
  }

  /** @throws DeskgraphError CONFLICT | NOT_FOUND */
  release(viewer: Viewer, conversationId: string, version: number): Promise<ConversationRow> {
    return this.#change(viewer, conversationId, 'OWNER_CHANGED', async (_tx, conversation) => {
      assertVersion(conversation, version, conversation.owner_kind !== 'QUEUE');
      return { owner_kind: 'QUEUE', owner_id: null };
    });
  }

  /** @throws DeskgraphError NOT_FOUND; CONFLICT when another conversation is open for the customer on the channel */
  async setStatus(
    viewer: Viewer,
    conversationId: string,
    status: 'OPEN' | 'RESOLVED',
  ): Promise<ConversationRow> {
    try {
      return await this.#change(viewer, conversationId, 'STATUS_CHANGED', async (_tx, conversation) =>
        conversation.status === status ? null : { status },
      );
    } catch (cause) {
      if ((cause as { code?: string }).code !== '23505') throw cause;
      throw new DeskgraphError('CONFLICT', 'The customer has another open conversation on this channel.', {
        cause,
      });
    }
  }

  /** Read cursors only go forward, and not beyond what there is. @throws DeskgraphError NOT_FOUND */
  async markRead(viewer: Viewer, conversationId: string, sequence: number): Promise<ConversationRow> {
    return this.#change(viewer, conversationId, 'READ', async (tx, conversation) => {
      const reader = await this.#join(tx, conversation, viewer.principal);
      const upTo = Math.min(sequence, Number(conversation.last_sequence));
      if (upTo <= Number(reader.last_read_sequence)) return null;
      await tx.query('update participant set last_read_sequence = $2 where id = $1', [reader.id, upTo]);
      return {};
    });
  }

  /** Locks, decides, changes columns, records and announces; `null` of `decide` means nothing is to change. */
  async #change(
    viewer: Viewer,
    conversationId: string,
    change: Change,
    decide: (tx: SqlRunner, conversation: ConversationRow) => Promise<Partial<ConversationRow> | null>,
  ): Promise<ConversationRow> {
    const outcome = await this.database.transaction(async (tx) => {
      const conversation = await this.#lock(tx, viewer, conversationId);
      const columns = await decide(tx, conversation);
      if (columns === null) return { conversation, changed: false };
      return { conversation: await record(tx, conversation, change, columns), changed: true };
    });
    if (outcome.changed) await this.announcer.changed(outcome.conversation, change);
    return outcome.conversation;
  }

  async #lock(tx: SqlRunner, { principal, isAgent }: Viewer, id: string): Promise<ConversationRow> {
    const [row] = await query<ConversationRow>(
      tx,
      `select * from conversation where id = $1 and ($2 or exists (
         select from participant where conversation_id = $1 and principal_id = $3)) for update`,
      [id, isAgent, principal.id],
    );
    if (row === undefined) throw noConversation(id);
    return row;
  }

  /** The principal's participant in the conversation, made when they first take part. */
  async #join(tx: SqlRunner, conversation: ConversationRow, principal: Principal): Promise<ParticipantRow> {
    const [known] = await query<ParticipantRow>(
      tx,
      'select * from participant where conversation_id = $1 and principal_id = $2',
      [conversation.id, principal.id],
    );
    if (known !== undefined) return known;
    const visitor = principal.kind === 'visitor';
    const [joined] = await query<ParticipantRow>(
      tx,
      `insert into participant (id, conversation_id, kind, principal_id, customer_id, display_name)
       values ($1, $2, $3, $4, $5, $6) returning *`,
      [
        `par_${nextId()}`,
        conversation.id,
        visitor ? 'VISITOR' : 'AGENT',
        principal.id,
        visitor ? conversation.customer_id : null,
        principal.displayName,
      ],
    );
    return joined as ParticipantRow;
  }
}

function query<Result>(tx: SqlRunner, sql: string, params: readonly unknown[]): Promise<Result[]> {
  return tx.query<Result & Row>(sql, params);
}

/** Takes the next sequence number for a change, under the lock that the transaction holds. */
async function record(
  tx: SqlRunner,
  conversation: ConversationRow,
  change: Change,
  columns: Partial<ConversationRow> = {},
): Promise<ConversationRow> {
  const { status, owner_kind, owner_id } = { ...conversation, ...columns };
  const decisive = change === 'OWNER_CHANGED' || change === 'STATUS_CHANGED';
  const [row] = await query<ConversationRow>(
    tx,
    `update conversation set last_sequence = last_sequence + 1, activity = $2, updated_at = now(),
            version = version + $3, status = $4, owner_kind = $5, owner_id = $6
      where id = $1 returning *`,
    [conversation.id, nextId(), decisive ? 1 : 0, status, owner_kind, owner_id],
  );
  const changed = row as ConversationRow;
  await tx.query('insert into conversation_event (conversation_id, sequence, change) values ($1, $2, $3)', [
    changed.id,
    changed.last_sequence,
    change,
  ]);
  return changed;
}

async function openOne(
  tx: SqlRunner,
  { customerId, channel }: { readonly customerId: string; readonly channel: string },
): Promise<ConversationRow> {
  const [row] = await query<ConversationRow>(
    tx,
    `select * from conversation where customer_id = $1 and channel = $2 and status = 'OPEN'`,
    [customerId, channel],
  );
  if (row !== undefined) return row;
  throw new DeskgraphError('CONFLICT', 'The open conversation was resolved a moment ago; try again.');
}

async function insertMessage(
  tx: SqlRunner,
  { id, last_sequence }: ConversationRow,
  sender: ParticipantRow,
  { clientMessageId, kind, text }: OutgoingMessage,
): Promise<MessageRow> {
  const [row] = await query<MessageRow>(
    tx,
    `insert into message (id, conversation_id, sequence, participant_id, client_message_id, kind, text)
     values ($1, $2, $3, $4, $5, $6, $7) returning *`,
    [`msg_${nextId()}`, id, last_sequence, sender.id, clientMessageId, kind, text],
  );
  return row as MessageRow;
}

function sameMessage(earlier: MessageRow, outgoing: OutgoingMessage, sender: ParticipantRow): MessageRow {
  const same =
    earlier.text === outgoing.text && earlier.kind === outgoing.kind && earlier.participant_id === sender.id;
  if (same) return earlier;
  throw new DeskgraphError(
    'CLIENT_ID_REUSED',
    `clientMessageId ${outgoing.clientMessageId} was used for another message of this conversation; make a new one.`,
  );
}

function assertVersion(conversation: ConversationRow, version: number, allowed: boolean): void {
  if (allowed && conversation.version === version) return;
  const { id, owner_kind, owner_id, version: current } = conversation;
  const owner = owner_id === null ? 'the queue' : `${owner_kind.toLowerCase()} ${owner_id}`;
  throw new DeskgraphError(
    'CONFLICT',
    `Conversation ${id} has version ${current} and is with ${owner} by now.`,
  );
}
