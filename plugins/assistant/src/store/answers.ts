import { type Database, DeskgraphError, type Row, type Transaction } from '@deskgraph/plugin-sdk';
import type { PluginEvents } from '../plugin-events.js';
import { isOpen, recommendationColumns } from './recommendation-columns.js';
import { publishUpdated } from './recommendation-events.js';
import type { RecommendationRow } from './rows.js';

/** What an agent does with a recommendation. */
export type Answer =
  | { readonly status: 'ACCEPTED'; readonly finalText: string | null }
  | { readonly status: 'DISMISSED'; readonly reason: string };

/** A recommendation after an answer, and whether the answer is the one that counts. */
export interface Answered {
  readonly counts: boolean;
  readonly recommendation: RecommendationRow;
}

type Counter = 'accepted' | 'edited' | 'dismissed';

/** Takes down what agents do with recommendations. */
export class Answers {
  constructor(private readonly database: Database<PluginEvents>) {}

  /**
   * Of several answers the first counts; the same agent's same answer again counts as that one, so that a retry is
   * safe. @throws DeskgraphError NOT_FOUND
   */
  async answer(agentId: string, id: string, answer: Answer): Promise<Answered> {
    return this.database.transaction(async (tx) => {
      const found = await lock(tx, id);
      if (found.status !== 'OPEN') return { counts: isSame(found, agentId, answer), recommendation: found };
      const recommendation = await close(tx, found, agentId, answer);
      await count(tx, recommendation);
      await publishUpdated(tx, [{ ...found, status: answer.status }]);
      return { counts: true, recommendation };
    });
  }
}

async function lock(tx: Transaction, id: string): Promise<RecommendationRow> {
  const [row] = await tx.query<RecommendationRow & Row>(
    `select ${recommendationColumns} from recommendation where id = $1 for update`,
    [id],
  );
  if (row !== undefined) return row;
  throw new DeskgraphError('NOT_FOUND', `There is no recommendation ${id}.`);
}

async function close(
  tx: Transaction,
  { id, text }: RecommendationRow,
  agentId: string,
  answer: Answer,
): Promise<RecommendationRow> {
  const finalText = answer.status === 'ACCEPTED' ? (answer.finalText ?? text) : null;
  const [row] = await tx.query<RecommendationRow & Row>(
    `update recommendation set status = $2, final_text = $3, dismiss_reason = $4, closed_by = $5,
       closed_at = clock_timestamp() where id = $1 and ${isOpen} returning ${recommendationColumns}`,
    [id, answer.status, finalText, answer.status === 'DISMISSED' ? answer.reason : null, agentId],
  );
  return row as RecommendationRow;
}

function isSame(found: RecommendationRow, agentId: string, answer: Answer): boolean {
  if (found.status !== answer.status || found.closed_by !== agentId) return false;
  return answer.status === 'ACCEPTED'
    ? found.final_text === (answer.finalText ?? found.text)
    : found.dismiss_reason === answer.reason;
}

/** Last in the transaction: a template's row is shared by all who use it. */
async function count(tx: Transaction, { template_id, ...answered }: RecommendationRow): Promise<void> {
  const counter = counterOf(answered);
  await tx.query(`update reply_template set ${counter} = ${counter} + 1 where id = $1`, [template_id]);
}

function counterOf({ status, text, final_text }: Omit<RecommendationRow, 'template_id'>): Counter {
  if (status === 'DISMISSED') return 'dismissed';
  return final_text === text ? 'accepted' : 'edited';
}
