import type { Transaction } from '@deskgraph/plugin-sdk';
import type { RecommendationRow, Status } from './rows.js';

/** The data of `assistant.recommendation.added`. */
export interface RecommendationAdded {
  readonly recommendationId: string;
  readonly conversationId: string;
}

/** The data of `assistant.recommendation.updated`. */
export interface RecommendationUpdated extends RecommendationAdded {
  readonly status: Exclude<Status, 'OPEN'>;
}

type Key = Pick<RecommendationRow, 'id' | 'conversation_id'>;

/** Tells subscribers of a new recommendation when the transaction commits. */
export function publishAdded(tx: Transaction, { id, conversation_id }: Key): Promise<void> {
  const data: RecommendationAdded = { recommendationId: id, conversationId: conversation_id };
  return tx.events.publish({
    type: 'assistant.recommendation.added',
    topic: `assistant.conversation.${conversation_id}.recommendations`,
    subject: conversation_id,
    data,
  });
}

/** Tells subscribers what became of recommendations when the transaction commits. */
export async function publishUpdated(
  tx: Transaction,
  updates: readonly (Key & Pick<RecommendationUpdated, 'status'>)[],
): Promise<void> {
  if (updates.length === 0) return;
  await tx.events.publish(
    ...updates.map(({ id, conversation_id, status }) => {
      const data: RecommendationUpdated = { recommendationId: id, conversationId: conversation_id, status };
      return {
        type: 'assistant.recommendation.updated',
        topic: `assistant.conversation.${conversation_id}.recommendation-updates`,
        subject: conversation_id,
        data,
      };
    }),
  );
}
