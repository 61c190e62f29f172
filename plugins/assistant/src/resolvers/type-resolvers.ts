import type { RequestContext, Resolvers, TypeResolvers } from '@deskgraph/plugin-sdk';
import type { Loaders } from '../loaders.js';
import { requireScope } from '../permission.js';
import type { DecisionRow, RecommendationRow, Status, TemplateRow } from '../store/rows.js';

type LoadersOf = (context: RequestContext) => Loaders;

/** Fields and references of the plugin's types. Their fields depend on nobody: see the subscriptions. */
export function typeResolvers(loaders: LoadersOf): Resolvers {
  return {
    Recommendation: recommendationFields(loaders),
    ReplyTemplate: templateFields(loaders),
    ReplyDecision: {
      eventType: ({ event_type }: DecisionRow) => event_type,
      eventId: ({ event_id }: DecisionRow) => event_id,
      order: ({ order_id }: DecisionRow) => ({ id: order_id }),
      customer: ({ customer_id }: DecisionRow) => ({ id: customer_id }),
      recommendation: ({ recommendation_id: id }: DecisionRow, _args, context) =>
        id === null ? null : loaders(context).recommendation.load(id),
      decidedAt: ({ decided_at }: DecisionRow) => decided_at.toISOString(),
    },
    ReplyRejection: {
      template: ({ templateId }: { templateId: string }, _args, context) =>
        loaders(context).template.load(templateId),
    },
    Conversation: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      recommendations: ({ id }: { id: string }, { status }: { status: Status | null }, context) => {
        requireScope(context, 'assistant:read');
        return loaders(context).recommendationsOf(id, status);
      },
    },
  };
}

function recommendationFields(loaders: LoadersOf): TypeResolvers {
  return {
    __resolveReference: ({ id }: { id: string }, context) => {
      requireScope(context, 'assistant:read');
      return loaders(context).recommendation.load(id);
    },
    conversation: ({ conversation_id }: RecommendationRow) => ({ id: conversation_id }),
    customer: ({ customer_id }: RecommendationRow) => ({ id: customer_id }),
    order: ({ order_id }: RecommendationRow) => ({ id: order_id }),
    template: ({ template_id }: RecommendationRow, _args, context) =>
      loaders(context).template.load(template_id),
    eventType: ({ event_type }: RecommendationRow) => event_type,
    eventId: ({ event_id }: RecommendationRow) => event_id,
    occurredAt: ({ occurred_at }: RecommendationRow) => occurred_at.toISOString(),
    createdAt: ({ created_at }: RecommendationRow) => created_at.toISOString(),
    expiresAt: ({ expires_at }: RecommendationRow) => expires_at.toISOString(),
    expiryCause: ({ expiry_cause }: RecommendationRow) => expiry_cause,
    closedAt: ({ closed_at }: RecommendationRow) => closed_at?.toISOString() ?? null,
    closedBy: ({ closed_by }: RecommendationRow) => closed_by,
    dismissReason: ({ dismiss_reason }: RecommendationRow) => dismiss_reason,
    finalText: ({ final_text }: RecommendationRow) => final_text,
  };
}

function templateFields(loaders: LoadersOf): TypeResolvers {
  return {
    __resolveReference: ({ id }: { id: string }, context) => {
      requireScope(context, 'assistant:read');
      return loaders(context).template.load(id);
    },
    eventType: ({ event_type }: TemplateRow) => event_type,
    expiresAfterSeconds: ({ expires_after_seconds }: TemplateRow) => expires_after_seconds,
    expiresOn: ({ expires_on }: TemplateRow) => expires_on,
    feedback: ({ shown, accepted, edited, dismissed }: TemplateRow) => ({
      shown,
      accepted,
      edited,
      dismissed,
    }),
    createdAt: ({ created_at }: TemplateRow) => created_at.toISOString(),
    updatedAt: ({ updated_at }: TemplateRow) => updated_at.toISOString(),
  };
}
