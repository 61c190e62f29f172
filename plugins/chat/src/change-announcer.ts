import type { EventPublisher } from '@deskgraph/plugin-sdk';
import type { Change, ConversationRow, MessageRow } from './store/rows.js';

/** The data of `chat.message.added`. */
export interface MessageAdded {
  readonly id: string;
  readonly conversationId: string;
  readonly sequence: number;
  readonly participantId: string;
  readonly clientMessageId: string;
  readonly kind: 'TEXT' | 'NOTE';
  readonly text: string;
  readonly sentAt: string;
}

/** The data of `chat.conversation.updated`. */
export interface ConversationUpdated {
  readonly conversationId: string;
  readonly sequence: number;
  readonly change: Change;
}

/** Topic of everybody who follows all conversations. */
const inboxTopic = 'chat.inbox';

/** Publishes committed changes on the topics that subscriptions and consumers listen to. */
export class ChangeAnnouncer {
  constructor(private readonly events: EventPublisher) {}

  async messageAdded(conversation: ConversationRow, message: MessageRow): Promise<void> {
    const data: MessageAdded = {
      id: message.id,
      conversationId: message.conversation_id,
      sequence: Number(message.sequence),
      participantId: message.participant_id,
      clientMessageId: message.client_message_id,
      kind: message.kind,
      text: message.text,
      sentAt: message.sent_at.toISOString(),
    };
    await this.events.publish({
      type: 'chat.message.added',
      topic: `chat.conversation.${conversation.id}.messages`,
      subject: conversation.id,
      data,
    });
    await this.changed(conversation, 'MESSAGE_ADDED');
  }

  async changed(conversation: ConversationRow, change: Change): Promise<void> {
    const data: ConversationUpdated = {
      conversationId: conversation.id,
      sequence: Number(conversation.last_sequence),
      change,
    };
    const event = { type: 'chat.conversation.updated', subject: conversation.id, data };
    await this.events.publish(
      { ...event, topic: `chat.conversation.${conversation.id}` },
      { ...event, topic: inboxTopic },
    );
  }
}
