import { DeskgraphError, type PageArguments, type Resolver } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import type { ConversationFilter, ConversationReader } from '../store/conversation-reader.js';
import { noConversation, viewerOf } from '../viewer.js';
import type { EventWithMessage } from './conversation-resolvers.js';

const maxEvents = 1000;

/** The plugin's queries. */
export function queryResolvers(reader: ConversationReader): Record<string, Resolver> {
  const loaders = loadersFor(reader);
  return {
    conversation: (_parent, { id }: { id: string }, context) => loaders(context).conversation.load(id),
    conversations: (_parent, args: ConversationFilter & PageArguments, context) =>
      reader.list(
        viewerOf(context, 'chat:read'),
        { status: args.status ?? null, ownerId: args.ownerId ?? null },
        args,
      ),
    conversationEvents: async (
      _parent,
      {
        conversationId,
        afterSequence,
        first,
      }: { conversationId: string; afterSequence: number; first: number },
      context,
    ) => {
      const viewer = viewerOf(context, 'chat:read');
      if (first < 1 || first > maxEvents) {
        throw new DeskgraphError('BAD_USER_INPUT', `"first" must be from 1 to ${maxEvents}, found ${first}.`);
      }
      if ((await loaders(context).conversation.load(conversationId)) === null)
        throw noConversation(conversationId);
      const found = await reader.events(conversationId, afterSequence, first);
      const rows = found.slice(0, first);
      const sequences = rows
        .filter(({ change }) => change === 'MESSAGE_ADDED')
        .map(({ sequence }) => sequence);
      const messages = await reader.messagesBySequence(viewer, conversationId, sequences);
      const bySequence = new Map(messages.map((message) => [message.sequence, message]));
      const events: EventWithMessage[] = rows.map((row) => ({
        ...row,
        message: bySequence.get(row.sequence) ?? null,
      }));
      return { events, complete: found.length <= first };
    },
  };
}
