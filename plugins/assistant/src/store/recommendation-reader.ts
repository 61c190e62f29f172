import type { Database, Row } from '@deskgraph/plugin-sdk';
import { isOpen, recommendationColumns } from './recommendation-columns.js';
import type { DecisionRow, RecommendationRow, Status } from './rows.js';

const maxListed = 100;

/** Which decisions a list shows. */
export interface DecisionFilter {
  readonly orderId?: string | null;
  readonly eventId?: string | null;
}

/** Reads recommendations and decisions; each method is one statement, for however many ids. */
export class RecommendationReader {
  constructor(private readonly database: Database) {}

  byIds(ids: readonly string[]): Promise<RecommendationRow[]> {
    return this.#query(`select ${recommendationColumns} from recommendation where id = any($1)`, [ids]);
  }

  /** Those of each conversation, the newest first, at most 100 of each; null for any status. */
  ofConversations(conversationIds: readonly string[], status: Status | null): Promise<RecommendationRow[]> {
    return this.#query(
      `select listed.* from unnest($1::text[]) as conversation (id) cross join lateral (
         select ${recommendationColumns} from recommendation
          where conversation_id = conversation.id and ${conditionOf(status)}
          order by id desc limit ${maxListed}) as listed order by listed.id desc`,
      [conversationIds],
    );
  }

  /** The newest first. */
  decisions({ orderId, eventId }: DecisionFilter, count: number): Promise<DecisionRow[]> {
    return this.#query(
      `select * from decision where ($1::text is null or order_id = $1) and ($2::text is null or event_id = $2)
        order by id desc limit $3`,
      [orderId ?? null, eventId ?? null, count],
    );
  }

  #query<Result>(sql: string, params: readonly unknown[]): Promise<Result[]> {
    return this.database.query<Result & Row>(sql, params);
  }
}

function conditionOf(status: Status | null): string {
  switch (status) {
    case null:
      return 'true';
    case 'OPEN':
      return isOpen;
    case 'EXPIRED':
      return `(status = 'EXPIRED' or not (${isOpen}) and status = 'OPEN')`;
    case 'ACCEPTED':
    case 'DISMISSED':
      return `status = '${status}'`;
  }
}
