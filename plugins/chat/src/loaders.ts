import {
  type Connection,
  groupLoader,
  type PageArguments,
  pageLoader,
  type RequestContext,
  rowLoader,
} from '@deskgraph/plugin-sdk';
import type DataLoader from 'dataloader';
import { type ConversationReader, inboxKey, messageKey } from './store/conversation-reader.js';
import type { ConversationRow, MessageRow, ParticipantRow } from './store/rows.js';
import { viewerOf } from './viewer.js';

/** One statement for everything of a kind that one call into the plugin needs. */
export interface Loaders {
  readonly conversation: DataLoader<string, ConversationRow | null>;
  readonly message: DataLoader<string, MessageRow | null>;
  readonly participant: DataLoader<string, ParticipantRow | null>;
  readonly participantsOf: DataLoader<string, readonly ParticipantRow[]>;
  readonly lastMessageOf: DataLoader<string, MessageRow | null>;
  readonly messagesOf: (conversationId: string, args: PageArguments) => Promise<Connection<MessageRow>>;
  readonly conversationsOf: (customerId: string, args: PageArguments) => Promise<Connection<ConversationRow>>;
}

/** Gives each request its own loaders, limited to what its caller may see. */
export function loadersFor(reader: ConversationReader): (context: RequestContext) => Loaders {
  const create = (context: RequestContext): Loaders => {
    const viewer = viewerOf(context);
    return {
      conversation: rowLoader(
        (ids) => reader.conversations(viewer, ids),
        ({ id }) => id,
      ),
      message: rowLoader(
        (ids) => reader.messagesByIds(viewer, ids),
        ({ id }) => id,
      ),
      participant: rowLoader(
        (ids) => reader.participants(ids),
        ({ id }) => id,
      ),
      participantsOf: groupLoader(
        (ids) => reader.participantsOf(ids),
        ({ conversation_id }) => conversation_id,
      ),
      lastMessageOf: rowLoader(
        (ids) => reader.lastMessages(viewer, ids),
        ({ conversation_id }) => conversation_id,
      ),
      messagesOf: pageLoader({
        columns: messageKey,
        load: (ids, page) => reader.messagesOf(viewer, ids, page),
        parentOf: ({ conversation_id }) => conversation_id,
        keyOf: ({ sequence }) => [sequence],
      }),
      conversationsOf: pageLoader({
        columns: inboxKey,
        load: (ids, page) => reader.conversationsOf(viewer, ids, page),
        parentOf: ({ customer_id }) => customer_id ?? '',
        keyOf: ({ activity }) => [activity],
      }),
    };
  };
  return (context) => context.scoped(create);
}
