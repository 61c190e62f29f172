import type { Database, EventSubscriber } from '@deskgraph/plugin-sdk';
import type { CustomerGraph } from '../customer-graph.js';
import type { ChatConversationUpdated } from '../plugin-events.js';
import { expire } from '../store/expire.js';
import { lockConversations } from '../store/lock-conversations.js';

/** Ends what is recommended in conversations that were resolved. */
export class ConversationSubscriber {
  constructor(
    private readonly database: Database,
    private readonly customers: CustomerGraph,
  ) {}

  /** Most changes are messages, and most conversations have no recommendation: neither costs the graph anything. */
  readonly handle: EventSubscriber<ChatConversationUpdated> = async ({ data }, { once, signal }) => {
    const { conversationId, change } = data;
    if (change !== 'STATUS_CHANGED') return;
    const inConversation = [conversationId];
    const open = await this.database.query(
      `select 1 from recommendation where status = 'OPEN' and conversation_id = $1 limit 1`,
      inConversation,
    );
    if (open.length === 0 || (await this.customers.isOpen(conversationId, signal))) return;
    await once(async (tx) => {
      await lockConversations(tx, inConversation);
      await expire(tx, 'CONVERSATION_RESOLVED', { where: 'conversation_id = $2', params: inConversation });
    });
  };
}
