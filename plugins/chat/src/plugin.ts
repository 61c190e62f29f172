import { database, definePlugin } from '@deskgraph/plugin-sdk';
import type { PluginEvents } from './plugin-events.js';
import { conversationResolvers } from './resolvers/conversation-resolvers.js';
import { mutationResolvers } from './resolvers/mutation-resolvers.js';
import { queryResolvers } from './resolvers/query-resolvers.js';
import { subscriptionResolvers } from './resolvers/subscription-resolvers.js';
import { ConversationReader } from './store/conversation-reader.js';
import { ConversationWriter } from './store/conversation-writer.js';

const deps = { database };

/** Conversations between visitors, bots and agents. */
export default definePlugin<unknown, typeof deps, PluginEvents>({
  deps,
  start: ({ deps: { database } }) => {
    const reader = new ConversationReader(database);
    const writer = new ConversationWriter(database);
    return {
      resolvers: {
        Query: queryResolvers(reader),
        Mutation: mutationResolvers(writer),
        Subscription: subscriptionResolvers(reader),
        ...conversationResolvers(reader),
      },
    };
  },
});
