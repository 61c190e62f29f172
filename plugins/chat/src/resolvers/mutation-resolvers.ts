import { DeskgraphError, type Resolver } from '@deskgraph/plugin-sdk';
import type { ConversationWriter } from '../store/conversation-writer.js';
import type { NewConversation } from '../store/open-conversation.js';
import type { ConversationRow } from '../store/rows.js';
import type { OutgoingMessage } from '../store/send-message.js';
import { requireSeesAll, type Viewer, writerOf } from '../viewer.js';

const maxTextLength = 20_000;
const maxClientIdLength = 100;
const maxSubjectLength = 200;

interface AtVersion {
  readonly conversationId: string;
  readonly version: number;
}

/** The plugin's mutations. */
export function mutationResolvers(writer: ConversationWriter): Record<string, Resolver> {
  return {
    openConversation: async (_parent, { input }: { input: NewConversation }, context) => {
      const viewer = writerOf(context);
      checkOwner(viewer, input.customerId);
      if (typeof input.subject === 'string') checkText('subject', input.subject, maxSubjectLength);
      const { conversation, changed } = await writer.open(viewer, input);
      return { conversation, opened: changed };
    },
    sendMessage: (_parent, { input }: { input: OutgoingMessage }, context) => {
      const viewer = writerOf(context);
      if (input.kind === 'NOTE') requireSeesAll(viewer);
      checkText('text', input.text, maxTextLength);
      checkText('clientMessageId', input.clientMessageId, maxClientIdLength);
      return writer.send(viewer, input);
    },
    claimConversation: async (_parent, { conversationId, version }: AtVersion, context) => {
      const viewer = requireSeesAll(writerOf(context));
      return claimResult(await writer.claim(viewer, conversationId, version), viewer);
    },
    releaseConversation: async (_parent, { conversationId, version }: AtVersion, context) => ({
      conversation: await writer.release(requireSeesAll(writerOf(context)), conversationId, version),
    }),
    setConversationStatus: async (
      _parent,
      { conversationId, status }: { conversationId: string; status: ConversationRow['status'] },
      context,
    ) => ({
      conversation: await writer.setStatus(requireSeesAll(writerOf(context)), conversationId, status),
    }),
    markRead: async (_parent, args: { conversationId: string; sequence: number }, context) => ({
      conversation: await writer.markRead(writerOf(context), args.conversationId, args.sequence),
    }),
  };
}

/** @throws DeskgraphError FORBIDDEN | BAD_USER_INPUT */
function checkOwner(viewer: Viewer, customerId: string | null | undefined): void {
  const named = customerId !== undefined && customerId !== null;
  if (viewer.principal.kind !== 'visitor') {
    requireSeesAll(viewer);
    if (!named) throw new DeskgraphError('BAD_USER_INPUT', 'Name the customer in "customerId".');
  } else if (named) {
    throw new DeskgraphError(
      'BAD_USER_INPUT',
      'Visitors open conversations for themselves; leave "customerId" out.',
    );
  }
}

function claimResult(conversation: ConversationRow, { principal }: Viewer): object {
  const { owner_kind, owner_id } = conversation;
  const claimed = owner_kind === 'AGENT' && owner_id === principal.id;
  return { __typename: claimed ? 'ConversationClaimed' : 'ConversationNotClaimed', conversation };
}

function checkText(field: string, value: string, max: number): void {
  if (value.trim() !== '' && value.length <= max && !value.includes('\0')) return;
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    `"${field}" must have 1 to ${max} characters that are not all blank, and none of them U+0000; it has ${value.length}.`,
  );
}
