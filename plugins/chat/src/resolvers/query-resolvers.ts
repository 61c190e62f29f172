import { DeskgraphError, type PageArguments, type Resolver } from '@deskgraph/plugin-sdk';
import { loadersFor } from '../loaders.js';
import type { ConversationReader, InboxFilter } from '../store/conversation-reader.js';
import { noConversation, type Viewer, viewerOf } from '../viewer.js';
import type { EventWithMessage } from './conversation-resolvers.js';

const maxEvents = 1000;

/** A range of a conversation's changes. */
interface EventRange {
  readonly conversationId: string;
  readonly afterSequence: number;
  readonly first: number;
}

/** The plugin's queries. */
export function queryResolvers(reader: ConversationReader): Record<string, Resolver> {
  const loaders = loadersFor(reader);
  return {
    conversation: (_parent, { id }: { id: string }, context) => loaders(context).conversation.load(id),
    conversations: (_parent, args: InboxFilter & PageArguments, context) =>
      reader.inbox(viewerOf(context), args, args),
    conversationEvents: async (_parent, range: EventRange, context) => {
      const viewer = viewerOf(context);
      const { conversationId, first } = range;
      if (first < 1 || first > maxEvents) {
        throw new DeskgraphError('BAD_USER_INPUT', `"first" must be from 1 to ${maxEvents}, found ${first}.`);
      }
      const conversation = await loaders(context).conversation.load(conversationId);
      if (conversation === null) throw noConversation(conversationId);
      return readEvents(reader, viewer, range);
    },
  };
}

async function readEvents(
  reader: ConversationReader,
  viewer: Viewer,
  { conversationId, afterSequence, first }: EventRange,
): Promise<{ readonly events: readonly EventWithMessage[]; readonly complete: boolean }> {
  const found = await reader.changesAfter(conversationId, afterSequence, first + 1);
  const rows = found.slice(0, first);
  const added = rows.filter(({ change }) => change === 'MESSAGE_ADDED').map(({ sequence }) => sequence);
  const messages = await reader.messagesBySequence(viewer, conversationId, added);
  const bySequence = new Map(messages.map((message) => [message.sequence, message]));
  const events = rows.map((row) => ({ ...row, message: bySequence.get(row.sequence) ?? null }));
  return { events, complete: found.length <= first };
}
