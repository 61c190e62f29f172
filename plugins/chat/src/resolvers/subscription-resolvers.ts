import type { RequestContext, SubscriptionField, TypeResolvers } from '@deskgraph/plugin-sdk';
import type { ConversationUpdated, MessageAdded } from '../change-announcer.js';
import { loadersFor } from '../loaders.js';
import type { ConversationReader } from '../store/conversation-reader.js';
import type { MessageRow } from '../store/rows.js';
import { noConversation, requireAgent, viewerOf } from '../viewer.js';

/** The plugin's subscriptions: who may subscribe, and what an event stands for. */
export function subscriptionResolvers(reader: ConversationReader): TypeResolvers {
  const loaders = loadersFor(reader);
  const mustSee = async (_parent: unknown, args: { conversationId: string }, context: RequestContext) => {
    const conversation = await loaders(context).conversation.load(args.conversationId);
    if (conversation === null) throw noConversation(args.conversationId);
  };
  const conversationOf = ({ conversationId }: ConversationUpdated, _args: unknown, context: RequestContext) =>
    loaders(context).conversation.load(conversationId);
  const messageAdded: SubscriptionField = {
    subscribe: mustSee,
    resolve: (event: MessageAdded, _args, context) => {
      const hidden = event.kind === 'NOTE' && !viewerOf(context, 'chat:read').isAgent;
      return hidden ? null : toRow(event);
    },
  };
  return {
    messageAdded,
    conversationUpdated: { subscribe: mustSee, resolve: conversationOf },
    inboxUpdated: {
      subscribe: (_parent, _args, context) => void requireAgent(viewerOf(context, 'chat:read')),
      resolve: conversationOf,
    },
  };
}

/** The event carries the whole message, so that delivering it asks no database. */
function toRow(event: MessageAdded): MessageRow {
  return {
    id: event.id,
    conversation_id: event.conversationId,
    sequence: String(event.sequence),
    participant_id: event.participantId,
    client_message_id: event.clientMessageId,
    kind: event.kind,
    text: event.text,
    sent_at: new Date(event.sentAt),
  };
}
