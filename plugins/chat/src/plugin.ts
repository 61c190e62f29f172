import { database, definePlugin, events, log } from '@deskgraph/plugin-sdk';
import { ChangeAnnouncer } from './change-announcer.js';
import { conversationResolvers } from './resolvers/conversation-resolvers.js';
import { mutationResolvers } from './resolvers/mutation-resolvers.js';
import { queryResolvers } from './resolvers/query-resolvers.js';
import { subscriptionResolvers } from './resolvers/subscription-resolvers.js';
import { ConversationReader } from './store/conversation-reader.js';
import { ConversationWriter } from './store/conversation-writer.js';

const deps = { database, events, log };

/** Conversations between visitors, bots and agents. */
export default definePlugin<unknown, typeof deps>({
  deps,
  start: ({ deps: { database, events, log } }) => {
    const reader = new ConversationReader(database);
    const writer = new ConversationWriter(database, new ChangeAnnouncer(events, log));
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
