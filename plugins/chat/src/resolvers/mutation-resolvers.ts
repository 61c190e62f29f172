import { DeskgraphError, type Resolver } from '@deskgraph/plugin-sdk';
import type { ConversationWriter, OutgoingMessage } from '../store/conversation-writer.js';
import { requireAgent, viewerOf } from '../viewer.js';

const maxTextLength = 20_000;
const maxClientIdLength = 100;

/** The plugin's mutations. */
export function mutationResolvers(writer: ConversationWriter): Record<string, Resolver> {
  return {
    openConversation: (
      _parent,
      { input }: { input: { customerId: string; channel: string; subject?: string | null } },
      context,
    ) => writer.open(requireAgent(viewerOf(context, 'chat:write')), input),
    sendMessage: (_parent, { input }: { input: OutgoingMessage }, context) => {
      const viewer = viewerOf(context, 'chat:write');
      if (input.kind === 'NOTE') requireAgent(viewer);
      checkText('text', input.text, maxTextLength);
      checkText('clientMessageId', input.clientMessageId, maxClientIdLength);
      return writer.send(viewer, input);
    },
    claimConversation: async (_parent, args: { conversationId: string; version: number }, context) => ({
      conversation: await writer.claim(
        requireAgent(viewerOf(context, 'chat:write')),
        args.conversationId,
        args.version,
      ),
    }),
    releaseConversation: async (_parent, args: { conversationId: string; version: number }, context) => ({
      conversation: await writer.release(
        requireAgent(viewerOf(context, 'chat:write')),
        args.conversationId,
        args.version,
      ),
    }),
    setConversationStatus: async (
      _parent,
      args: { conversationId: string; status: 'OPEN' | 'RESOLVED' },
      context,
    ) => ({
      conversation: await writer.setStatus(
        requireAgent(viewerOf(context, 'chat:write')),
        args.conversationId,
        args.status,
      ),
    }),
    markRead: async (_parent, args: { conversationId: string; sequence: number }, context) => ({
      conversation: await writer.markRead(
        viewerOf(context, 'chat:write'),
        args.conversationId,
        args.sequence,
      ),
    }),
  };
}

function checkText(field: string, value: string, max: number): void {
  if (value.trim() !== '' && value.length <= max && !value.includes('\0')) return;
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    `"${field}" must have 1 to ${max} characters that are not all blank, and none of them U+0000; it has ${value.length}.`,
  );
}
