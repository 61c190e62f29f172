import type { Transaction } from '@deskgraph/plugin-sdk';
import type { ChatConversationUpdated, ChatMessageAdded, PluginEvents } from './plugin-events.js';
import type { Change, ConversationRow, MessageRow, ParticipantRow } from './store/rows.js';

/** A change as it was recorded. */
export interface RecordedChange {
  readonly change: Change;
  /** As the change left it. */
  readonly conversation: ConversationRow;
  /** For MESSAGE_ADDED. */
  readonly added?: { readonly message: MessageRow; readonly sender: ParticipantRow };
}

/** Topic of everybody who follows all conversations. */
const inboxTopic = 'chat.inbox';

/** Publishes a change in the transaction that makes it, on the topics that subscriptions and consumers listen to. */
export function publishChange(tx: Transaction<PluginEvents>, change: RecordedChange): Promise<void> {
  return tx.events.publish(...toEvents(change));
}

/** One topic carries one kind of event. */
function toEvents({ change, conversation, added }: RecordedChange): PluginEvents['publishes'][] {
  const { id, last_sequence } = conversation;
  const data: ChatConversationUpdated = { conversationId: id, sequence: Number(last_sequence), change };
  const updated = { type: 'chat.conversation.updated', subject: id, data } as const;
  return [
    ...(added === undefined ? [] : [messageAdded(added.message, added.sender)]),
    { ...updated, topic: `chat.conversation.${id}` },
    { ...updated, topic: inboxTopic },
  ];
}

/** What `chat.message.added` says of a message. */
export function messageAddedData(message: MessageRow, sender: ParticipantRow): ChatMessageAdded {
  return {
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
}

function messageAdded(message: MessageRow, sender: ParticipantRow): PluginEvents['publishes'] {
  return {
    type: 'chat.message.added',
    topic: `chat.conversation.${message.conversation_id}.messages`,
    subject: message.conversation_id,
    data: messageAddedData(message, sender),
  };
}
