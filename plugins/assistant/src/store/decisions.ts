import type { SqlRunner } from '@deskgraph/plugin-sdk';
import { nextId } from './next-id.js';
import type { DecisionRow } from './rows.js';

/** A decision to be kept for those who ask why. */
export async function noteDecision(
  tx: SqlRunner,
  decision: Omit<DecisionRow, 'id' | 'decided_at'>,
): Promise<void> {
  await tx.query(
    `insert into decision (id, source, event_type, event_id, order_id, customer_id, outcome, recommendation_id,
       rejections) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      `dec_${nextId()}`,
      decision.source,
      decision.event_type,
      decision.event_id,
      decision.order_id,
      decision.customer_id,
      decision.outcome,
      decision.recommendation_id,
      JSON.stringify(decision.rejections),
    ],
  );
}
