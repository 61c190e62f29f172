import { database, definePlugin, graph, log } from '@deskgraph/plugin-sdk';
import { CustomerGraph } from './customer-graph.js';
import { ExpirySweep } from './expiry-sweep.js';
import { loadersFor } from './loaders.js';
import { readEventShapes } from './matching/event-shapes.js';
import { formatsIn } from './matching/formats.js';
import type { PluginEvents } from './plugin-events.js';
import { mutationResolvers } from './resolvers/mutation-resolvers.js';
import { queryResolvers } from './resolvers/query-resolvers.js';
import { subscriptionResolvers } from './resolvers/subscription-resolvers.js';
import { typeResolvers } from './resolvers/type-resolvers.js';
import type { AssistantSettings } from './settings.js';
import { Answers } from './store/answers.js';
import { RecommendationReader } from './store/recommendation-reader.js';
import { TemplateStore } from './store/template-store.js';
import { ConversationSubscriber } from './subscribers/conversation-subscriber.js';
import { OrderSubscriber } from './subscribers/order-subscriber.js';

const deps = { database, graph, log };

/** Replies that agents can take, out of what happens to their customers' orders. */
export default definePlugin<AssistantSettings, typeof deps, PluginEvents>({
  deps,
  start: ({ config, deps: { database, graph, log }, onStop }) => {
    const templates = new TemplateStore(database);
    const reader = new RecommendationReader(database);
    const customers = new CustomerGraph(graph);
    const shapes = readEventShapes(new URL('../../events/', import.meta.url));
    const loaders = loadersFor(templates, reader);
    const rules = { ...config, formats: formatsIn(config.timeZone) };
    const orders = new OrderSubscriber(templates, customers, rules, log);
    const conversations = new ConversationSubscriber(database, customers);
    const sweep = new ExpirySweep(database, log, config.sweepSeconds * 1_000);
    sweep.start();
    onStop(() => sweep.stop());
    return {
      resolvers: {
        Query: queryResolvers({ templates, reader, shapes, loaders }),
        Mutation: mutationResolvers({ answers: new Answers(database), templates, shapes }),
        Subscription: subscriptionResolvers(loaders),
        ...typeResolvers(loaders),
      },
      subscribers: {
        'order.paid': orders.handle,
        'order.shipped': orders.handle,
        'order.refunded': orders.handle,
        'order.cancelled': orders.handle,
        'chat.conversation.updated': conversations.handle,
      },
    };
  },
});
