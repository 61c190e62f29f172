import type { Transaction } from '@deskgraph/plugin-sdk';
import type { AssistantRecommendationUpdated, PluginEvents } from '../plugin-events.js';
import type { RecommendationRow } from './rows.js';

type Key = Pick<RecommendationRow, 'id' | 'conversation_id'>;

/** Tells subscribers of a new recommendation when the transaction commits. */
export function publishAdded(tx: Transaction<PluginEvents>, { id, conversation_id }: Key): Promise<void> {
  return tx.events.publish({
    type: 'assistant.recommendation.added',
    topic: `assistant.conversation.${conversation_id}.recommendations`,
    subject: conversation_id,
    data: { recommendationId: id, conversationId: conversation_id },
  });
}

/** Tells subscribers what became of recommendations when the transaction commits. */
export async function publishUpdated(
  tx: Transaction<PluginEvents>,
  updates: readonly (Key & Pick<AssistantRecommendationUpdated, 'status'>)[],
): Promise<void> {
  if (updates.length === 0) return;
  await tx.events.publish(
    ...updates.map(({ id, conversation_id, status }) => ({
      type: 'assistant.recommendation.updated' as const,
      topic: `assistant.conversation.${conversation_id}.recommendation-updates`,
      subject: conversation_id,
      data: { recommendationId: id, conversationId: conversation_id, status },
    })),
  );
}
