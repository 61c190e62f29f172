import type { PageArguments, Resolvers, TypeResolvers } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import type { ConversationReader } from '../store/conversation-reader.js';
import type { ConversationEventRow, ConversationRow, MessageRow, ParticipantRow } from '../store/rows.js';

/** A change with the message it added, if it did and the caller may read it. */
export interface EventWithMessage extends ConversationEventRow {
  readonly message: MessageRow | null;
}

/** A message out of an event, which brings its sender along. */
export interface DeliveredMessage extends MessageRow {
  readonly sender: ParticipantRow;
}

type LoadersOf = ReturnType<typeof loadersFor>;

/** Fields and references of the plugin's types. */
export function conversationResolvers(reader: ConversationReader): Resolvers {
  const loaders = loadersFor(reader);
  return {
    Conversation: conversationFields(loaders),
    Participant: {
      displayName: ({ display_name }: ParticipantRow) => display_name,
      customer: ({ customer_id }: ParticipantRow) => customerStub(customer_id),
      lastReadSequence: ({ last_read_sequence }: ParticipantRow) => Number(last_read_sequence),
      unreadCount: ({ unread_count }: ParticipantRow) => unread_count,
    },
    Message: messageFields(loaders),
    ConversationEvent: {
      sequence: ({ sequence }: EventWithMessage) => Number(sequence),
      at: ({ at }: EventWithMessage) => at.toISOString(),
    },
    Customer: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      conversations: ({ id }: { id: string }, args: PageArguments, context) =>
        loaders(context).conversationsOf(id, args),
    },
  };
}

function conversationFields(loaders: LoadersOf): TypeResolvers {
  return {
    __resolveReference: ({ id }: { id: string }, context) => loaders(context).conversation.load(id),
    customer: ({ customer_id }: ConversationRow) => customerStub(customer_id),
    ownerKind: ({ owner_kind }: ConversationRow) => owner_kind,
    ownerId: ({ owner_id }: ConversationRow) => owner_id,
    lastSequence: ({ last_sequence }: ConversationRow) => Number(last_sequence),
    participants: ({ id }: ConversationRow, _args, context) => loaders(context).participantsOf.load(id),
    messages: ({ id }: ConversationRow, args: PageArguments, context) =>
      loaders(context).messagesOf(id, args),
    lastMessage: ({ id }: ConversationRow, _args, context) => loaders(context).lastMessageOf.load(id),
    openedAt: ({ opened_at }: ConversationRow) => opened_at.toISOString(),
    updatedAt: ({ updated_at }: ConversationRow) => updated_at.toISOString(),
  };
}

function messageFields(loaders: LoadersOf): TypeResolvers {
  return {
    __resolveReference: ({ id }: { id: string }, context) => loaders(context).message.load(id),
    conversation: ({ conversation_id }: MessageRow, _args, context) =>
      loaders(context).conversation.load(conversation_id),
    sequence: ({ sequence }: MessageRow) => Number(sequence),
    sender: (message: MessageRow | DeliveredMessage, _args, context) =>
      'sender' in message ? message.sender : loaders(context).participant.load(message.participant_id),
    clientMessageId: ({ client_message_id }: MessageRow) => client_message_id,
    sentAt: ({ sent_at }: MessageRow) => sent_at.toISOString(),
  };
}

/** Enough of a customer for the gateway to ask the customers plugin for the rest. */
function customerStub(id: string | null): { readonly id: string } | null {
  return id === null ? null : { id };
}
