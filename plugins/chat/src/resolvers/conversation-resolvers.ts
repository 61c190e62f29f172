import type { PageArguments, RequestContext, Resolvers } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import type { ConversationReader } from '../store/conversation-reader.js';
import type { ConversationEventRow, ConversationRow, MessageRow, ParticipantRow } from '../store/rows.js';
import { viewerOf } from '../viewer.js';

/** A change with the message it added, if it did. */
export interface EventWithMessage extends ConversationEventRow {
  readonly message: MessageRow | null;
}

/** Fields and references of the plugin's types. */
export function conversationResolvers(reader: ConversationReader): Resolvers {
  const loaders = loadersFor(reader);
  return {
    Conversation: {
      __resolveReference: ({ id }: { id: string }, context) => loaders(context).conversation.load(id),
      customer: ({ customer_id }: ConversationRow) => ({ id: customer_id }),
      ownerKind: ({ owner_kind }: ConversationRow) => owner_kind,
      ownerId: ({ owner_id }: ConversationRow) => owner_id,
      lastSequence: ({ last_sequence }: ConversationRow) => Number(last_sequence),
      participants: ({ id }: ConversationRow, _args, context) => loaders(context).participantsOf.load(id),
      messages: ({ id }: ConversationRow, args: PageArguments, context) =>
        reader.messages(viewerOf(context, 'chat:read'), id, args),
      lastMessage: ({ id }: ConversationRow, _args, context) => loaders(context).lastMessageOf.load(id),
      unreadCount: ({ id }: ConversationRow, _args, context) => loaders(context).unreadOf.load(id),
      openedAt: ({ opened_at }: ConversationRow) => opened_at.toISOString(),
      updatedAt: ({ updated_at }: ConversationRow) => updated_at.toISOString(),
    },
    Participant: {
      displayName: ({ display_name }: ParticipantRow) => display_name,
      customer: ({ customer_id }: ParticipantRow) => (customer_id === null ? null : { id: customer_id }),
      lastReadSequence: ({ last_read_sequence }: ParticipantRow) => Number(last_read_sequence),
    },
    Message: {
      __resolveReference: ({ id }: { id: string }, context) => loaders(context).message.load(id),
      conversation: ({ conversation_id }: MessageRow, _args, context: RequestContext) =>
        loaders(context).conversation.load(conversation_id),
      sequence: ({ sequence }: MessageRow) => Number(sequence),
      sender: ({ participant_id }: MessageRow, _args, context) =>
        loaders(context).participant.load(participant_id),
      clientMessageId: ({ client_message_id }: MessageRow) => client_message_id,
      sentAt: ({ sent_at }: MessageRow) => sent_at.toISOString(),
    },
    ConversationEvent: {
      sequence: ({ sequence }: EventWithMessage) => Number(sequence),
      at: ({ at }: EventWithMessage) => at.toISOString(),
    },
    Customer: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      conversations: ({ id }: { id: string }, args: PageArguments, context) =>
        reader.list(viewerOf(context, 'chat:read'), { customerId: id }, args),
    },
  };
}
