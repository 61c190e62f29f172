import type { RequestContext, SubscriptionField, TypeResolvers } from '@deskgraph/plugin-sdk';
import type { Loaders } from '../loaders.js';
import { requireScope } from '../permission.js';
import type { AssistantRecommendationAdded } from '../plugin-events.js';

/**
 * The plugin's subscriptions. Events name a recommendation, and it is read when it is delivered: who comes back after
 * an hour gets it as it is by then. It is read once for all callers of one kind with the same scopes.
 */
export function subscriptionResolvers(loaders: (context: RequestContext) => Loaders): TypeResolvers {
  const field: SubscriptionField = {
    subscribe: (_parent, _args, context) => void requireScope(context, 'assistant:read'),
    resolve: ({ recommendationId }: AssistantRecommendationAdded, _args, context) =>
      loaders(context).recommendation.load(recommendationId),
  };
  return { recommendationAdded: field, recommendationUpdated: field };
}
