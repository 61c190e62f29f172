import type { NumberedEvent, SubscriptionHistory } from '@deskgraph/plugin-sdk';
import { messageAddedData } from '../change-events.js';
import type { ChatConversationUpdated, ChatMessageAdded } from '../plugin-events.js';
import type { ConversationReader } from '../store/conversation-reader.js';
import type { ConversationEventRow } from '../store/rows.js';

interface OfConversation {
  readonly conversationId: string;
}

/**
 * Messages are kept for ever, so a subscription to them can be gone on with after any time. Whoever may subscribe may
 * read; what single callers must not see of an event is left out where it is resolved.
 */
export function messageHistory(reader: ConversationReader): SubscriptionHistory {
  return {
    sequenceOf: ({ sequence }: ChatMessageAdded) => sequence,
    last: ({ conversationId }: OfConversation) => reader.lastSequence(conversationId),
    read: async ({ conversationId }: OfConversation, { after, first }) => {
      const messages = await reader.messagesAfter(conversationId, after, first);
      return messages.map(({ message, sender }) => ({
        sequence: Number(message.sequence),
        data: messageAddedData(message, sender),
      }));
    },
  };
}

/** Every change has a row of its own, numbered without gaps. */
export function changeHistory(reader: ConversationReader): SubscriptionHistory {
  return {
    sequenceOf: ({ sequence }: ChatConversationUpdated) => sequence,
    last: ({ conversationId }: OfConversation) => reader.lastSequence(conversationId),
    read: async ({ conversationId }: OfConversation, { after, first }) =>
      (await reader.changesAfter(conversationId, after, first)).map(toEvent),
  };
}

function toEvent({ conversation_id, sequence, change }: ConversationEventRow): NumberedEvent {
  const data: ChatConversationUpdated = {
    conversationId: conversation_id,
    sequence: Number(sequence),
    change,
  };
  return { sequence: data.sequence, data };
}
