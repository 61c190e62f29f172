// Written by `npm run deskgraph -- plugin types` from plugin.json and the JSON Schemas it names. Do not edit.
import type { OutgoingEvent } from '@deskgraph/plugin-sdk';

/**
 * A message was added to a conversation. The whole message with its sender, so that subscribers are served without asking the database.
 */
export interface ChatMessageAdded {
  id: string;
  conversationId: string;
  sequence: number;
  sender: {
    id: string;
    kind: 'VISITOR' | 'AGENT' | 'BOT';
    customerId: string | null;
    displayName: string;
    lastReadSequence: number;
    unreadCount: number;
  };
  clientMessageId: string;
  kind: 'TEXT' | 'NOTE';
  text: string;
  sentAt: string;
}

/**
 * A conversation changed. Which one, up to which sequence, and how; subscribers read the conversation itself.
 */
export interface ChatConversationUpdated {
  conversationId: string;
  sequence: number;
  change: 'OPENED' | 'MESSAGE_ADDED' | 'STATUS_CHANGED' | 'OWNER_CHANGED' | 'READ';
}

/** The events that the plugin declares. */
export interface PluginEvents {
  /** What it may publish. */
  publishes:
    | OutgoingEvent<'chat.message.added', ChatMessageAdded>
    | OutgoingEvent<'chat.conversation.updated', ChatConversationUpdated>;
  /** What it may handle: data by type. */
  consumes: never;
}
