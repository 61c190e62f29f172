import type { RequestContext, SubscriptionField, TypeResolvers } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import type { ChatConversationUpdated, ChatMessageAdded } from '../plugin-events.js';
import type { ConversationReader } from '../store/conversation-reader.js';
import { noConversation, requireSeesAll, viewerOf } from '../viewer.js';
import { changeHistory, messageHistory } from './conversation-history.js';
import type { DeliveredMessage } from './conversation-resolvers.js';

/**
 * The plugin's subscriptions: who may subscribe, and what an event stands for. An event is resolved once for all
 * callers of one kind with the same scopes, so no field of these types may depend on who the caller is beyond those.
 */
export function subscriptionResolvers(reader: ConversationReader): TypeResolvers {
  const loaders = loadersFor(reader);
  const mustSee = async (_parent: unknown, args: { conversationId: string }, context: RequestContext) => {
    const conversation = await loaders(context).conversation.load(args.conversationId);
    if (conversation === null) throw noConversation(args.conversationId);
  };
  const conversationOf = (
    { conversationId }: ChatConversationUpdated,
    _args: unknown,
    context: RequestContext,
  ) => loaders(context).conversation.load(conversationId);
  const messageAdded: SubscriptionField = {
    subscribe: mustSee,
    resolve: (event: ChatMessageAdded, _args, context) =>
      event.kind === 'NOTE' && !viewerOf(context).seesAll ? null : toMessage(event),
    history: messageHistory(reader),
  };
  return {
    messageAdded,
    conversationUpdated: { subscribe: mustSee, resolve: conversationOf, history: changeHistory(reader) },
    inboxUpdated: {
      subscribe: (_parent, _args, context) => void requireSeesAll(viewerOf(context)),
      resolve: conversationOf,
    },
  };
}

/** The event carries the whole message and its sender, so that delivering it asks no database. */
function toMessage({ sender, ...event }: ChatMessageAdded): DeliveredMessage {
  return {
    id: event.id,
    conversation_id: event.conversationId,
    sequence: String(event.sequence),
    participant_id: sender.id,
    client_message_id: event.clientMessageId,
    kind: event.kind,
    text: event.text,
    sent_at: new Date(event.sentAt),
    sender: {
      id: sender.id,
      kind: sender.kind,
      customer_id: sender.customerId,
      display_name: sender.displayName,
      last_read_sequence: String(sender.lastReadSequence),
      unread_count: sender.unreadCount,
    },
  };
}
