import {
  type Database,
  DeskgraphError,
  type Row,
  type SqlRunner,
  type Transaction,
} from '@deskgraph/plugin-sdk';
import { publishChange } from '../change-events.js';
import type { PluginEvents } from '../plugin-events.js';
import { noConversation, type Viewer } from '../viewer.js';
import { findOpen, insertConversation, type NewConversation } from './open-conversation.js';
import { countUnread, customerOf, findParticipant, join, readUpTo } from './participants.js';
import { type ChangedColumns, record } from './record.js';
import type { Change, ConversationRow, MessageRow } from './rows.js';
import { findSent, insertMessage, type OutgoingMessage, sameMessage } from './send-message.js';

/** A conversation after a command, and whether the command changed it. */
interface Outcome {
  readonly conversation: ConversationRow;
  readonly changed: boolean;
}

/**
 * Changes conversations. Every change takes the conversation's row lock, then the next sequence number, and is
 * published in the same transaction.
 */
export class ConversationWriter {
  constructor(private readonly database: Database<PluginEvents>) {}

  /**
   * Opens a conversation, or finds the one that is open for the customer, or the visitor, on the channel.
   * @throws DeskgraphError CONFLICT when that one is being resolved at this moment
   */
  async open({ principal }: Viewer, input: NewConversation): Promise<Outcome> {
    return this.database.transaction(async (tx) => {
      const visitor = principal.kind === 'visitor';
      const customerId = visitor ? await customerOf(tx, principal) : (input.customerId ?? null);
      const asked = { ...input, customerId, visitorId: visitor ? principal.id : null };
      const created = await insertConversation(tx, asked);
      const conversation = created ?? (await findOpen(tx, asked));
      if (created !== undefined || visitor) await join(tx, conversation, principal);
      if (created === undefined) return { conversation, changed: false };
      return { conversation: await recordAndPublish(tx, created, 'OPENED'), changed: true };
    });
  }

  /**
   * Stores a message once.
   * @throws DeskgraphError NOT_FOUND; CLIENT_ID_REUSED when the id was used for another message; CONFLICT when a
   *   visitor's message cannot open a resolved conversation again, because they have another open one
   */
  async send(
    viewer: Viewer,
    outgoing: OutgoingMessage,
  ): Promise<{ readonly conversation: ConversationRow; readonly message: MessageRow }> {
    return asOneOpen(() =>
      this.database.transaction(async (tx) => {
        const conversation = await lock(tx, viewer, outgoing.conversationId);
        const sender = await join(tx, conversation, viewer.principal);
        // A statement of its own, behind the lock: one that waits for the lock does not see what it waited for.
        const earlier = await findSent(tx, outgoing);
        if (earlier !== undefined) return { conversation, message: sameMessage(earlier, outgoing, sender) };
        const reopens = conversation.status === 'RESOLVED' && sender.kind === 'VISITOR';
        const open = reopens
          ? await recordAndPublish(tx, conversation, 'STATUS_CHANGED', { status: 'OPEN' })
          : conversation;
        const current = await record(tx, open, 'MESSAGE_ADDED');
        const message = await insertMessage(tx, current, sender, outgoing);
        await countUnread(tx, message);
        await publishChange(tx, {
          change: 'MESSAGE_ADDED',
          conversation: current,
          added: { message, sender },
        });
        return { conversation: current, message };
      }),
    );
  }

  /**
   * Of several agents that claim at a time, one gets it; for the others, and for one who comes too late, nothing
   * changes. @throws DeskgraphError NOT_FOUND
   */
  async claim(viewer: Viewer, conversationId: string, version: number): Promise<ConversationRow> {
    const { conversation } = await this.#change(
      viewer,
      conversationId,
      'OWNER_CHANGED',
      async (tx, found) => {
        if (found.version !== version || found.owner_kind === 'AGENT' || found.status !== 'OPEN') return null;
        await join(tx, found, viewer.principal);
        return { owner_kind: 'AGENT', owner_id: viewer.principal.id };
      },
    );
    return conversation;
  }

  /** @throws DeskgraphError NOT_FOUND; CONFLICT when `version` is not the current one */
  async release(viewer: Viewer, conversationId: string, version: number): Promise<ConversationRow> {
    const { conversation } = await this.#change(
      viewer,
      conversationId,
      'OWNER_CHANGED',
      async (_tx, found) => {
        if (found.version !== version) throw changedMeanwhile(found);
        return found.owner_kind === 'QUEUE' ? null : { owner_kind: 'QUEUE', owner_id: null };
      },
    );
    return conversation;
  }

  /** @throws DeskgraphError NOT_FOUND; CONFLICT when another conversation is open for the customer on the channel */
  async setStatus(
    viewer: Viewer,
    conversationId: string,
    status: ConversationRow['status'],
  ): Promise<ConversationRow> {
    const { conversation } = await asOneOpen(() =>
      this.#change(viewer, conversationId, 'STATUS_CHANGED', async (_tx, found) =>
        found.status === status ? null : { status },
      ),
    );
    return conversation;
  }

  /**
   * Moves the caller's read cursor: only forward, not beyond what there is, and only of those who take part.
   * @throws DeskgraphError NOT_FOUND
   */
  async markRead(viewer: Viewer, conversationId: string, sequence: number): Promise<ConversationRow> {
    const { conversation } = await this.#change(viewer, conversationId, 'READ', async (tx, found) => {
      const reader = await findParticipant(tx, found, viewer.principal);
      const upTo = Math.min(sequence, Number(found.last_sequence));
      if (reader === undefined || upTo <= Number(reader.last_read_sequence)) return null;
      await readUpTo(tx, reader, upTo);
      return {};
    });
    return conversation;
  }

  /** Locks, decides, changes columns, records and publishes; `null` of `decide` means nothing is to change. */
  #change(
    viewer: Viewer,
    conversationId: string,
    change: Change,
    decide: (tx: SqlRunner, conversation: ConversationRow) => Promise<ChangedColumns | null>,
  ): Promise<Outcome> {
    return this.database.transaction(async (tx) => {
      const conversation = await lock(tx, viewer, conversationId);
      const columns = await decide(tx, conversation);
      if (columns === null) return { conversation, changed: false };
      return { conversation: await recordAndPublish(tx, conversation, change, columns), changed: true };
    });
  }
}

async function recordAndPublish(
  tx: Transaction<PluginEvents>,
  before: ConversationRow,
  change: Change,
  columns?: ChangedColumns,
): Promise<ConversationRow> {
  const conversation = await record(tx, before, change, columns);
  await publishChange(tx, { change, conversation });
  return conversation;
}

/** The conversation, locked until the transaction ends. @throws DeskgraphError NOT_FOUND */
async function lock(tx: SqlRunner, { principal, seesAll }: Viewer, id: string): Promise<ConversationRow> {
  const [row] = await tx.query<ConversationRow & Row>(
    `select * from conversation where id = $1 and ($2 or exists (
       select from participant where conversation_id = $1 and principal_id = $3)) for update`,
    [id, seesAll, principal.id],
  );
  if (row === undefined) throw noConversation(id);
  return row;
}

function changedMeanwhile({ id, owner_kind, owner_id, version }: ConversationRow): DeskgraphError {
  const owner = owner_id === null ? 'the queue' : `${owner_kind.toLowerCase()} ${owner_id}`;
  return new DeskgraphError(
    'CONFLICT',
    `Conversation ${id} has version ${version} and is with ${owner} by now. Read it again.`,
  );
}

/** Runs what may make a second open conversation, which the unique indexes refuse (SQLSTATE 23505). */
async function asOneOpen<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if ((cause as { code?: string }).code !== '23505') throw cause;
    throw new DeskgraphError('CONFLICT', 'The customer has another open conversation on this channel.', {
      cause,
    });
  }
}
