import type { EventPublisher, Logger, OutgoingEvent } from '@deskgraph/plugin-sdk';
import type { Change, ConversationRow, MessageKind, MessageRow, ParticipantRow } from './store/rows.js';

/** The data of `chat.message.added`. */
export interface MessageAdded {
  readonly id: string;
  readonly conversationId: string;
  readonly sequence: number;
  readonly sender: {
    readonly id: string;
    readonly kind: ParticipantRow['kind'];
    readonly customerId: string | null;
    readonly displayName: string;
    readonly lastReadSequence: number;
    readonly unreadCount: number;
  };
  readonly clientMessageId: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly sentAt: string;
}

/** The data of `chat.conversation.updated`. */
export interface ConversationUpdated {
  readonly conversationId: string;
  readonly sequence: number;
  readonly change: Change;
}

/** A change that is committed. */
export interface CommittedChange {
  readonly change: Change;
  /** As the change left it. */
  readonly conversation: ConversationRow;
  /** For MESSAGE_ADDED. */
  readonly added?: { readonly message: MessageRow; readonly sender: ParticipantRow };
}

/** Topic of everybody who follows all conversations. */
const inboxTopic = 'chat.inbox';

/** Publishes committed changes on the topics that subscriptions and consumers listen to. */
export class ChangeAnnouncer {
  constructor(
    private readonly events: EventPublisher,
    private readonly log: Logger,
  ) {}

  /**
   * Never rejects: the changes are stored, so whoever asked for them must hear that they were made. Clients find
   * a change that was not announced by the gap in the sequence.
   */
  async announce(changes: readonly CommittedChange[]): Promise<void> {
    try {
      await this.events.publish(...changes.flatMap(toEvents));
    } catch (error) {
      const conversationId = changes[0]?.conversation.id;
      this.log.error({ error, conversationId }, 'a change of a conversation was stored but not announced');
    }
  }
}

/** One topic carries one kind of event. */
function toEvents({ change, conversation, added }: CommittedChange): OutgoingEvent[] {
  const { id, last_sequence } = conversation;
  const data: ConversationUpdated = { conversationId: id, sequence: Number(last_sequence), change };
  const updated = { type: 'chat.conversation.updated', subject: id, data };
  return [
    ...(added === undefined ? [] : [messageAdded(added.message, added.sender)]),
    { ...updated, topic: `chat.conversation.${id}` },
    { ...updated, topic: inboxTopic },
  ];
}

function messageAdded(message: MessageRow, sender: ParticipantRow): OutgoingEvent {
  const data: MessageAdded = {
    id: message.id,
    conversationId: message.conversation_id,
    sequence: Number(message.sequence),
    sender: {
      id: sender.id,
      kind: sender.kind,
      customerId: sender.customer_id,
      displayName: sender.display_name,
      lastReadSequence: Number(sender.last_read_sequence),
      unreadCount: sender.unread_count,
    },
    clientMessageId: message.client_message_id,
    kind: message.kind,
    text: message.text,
    sentAt: message.sent_at.toISOString(),
  };
  return {
    type: 'chat.message.added',
    topic: `chat.conversation.${message.conversation_id}.messages`,
    subject: message.conversation_id,
    data,
  };
}
