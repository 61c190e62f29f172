import type { Row, Transaction } from '@deskgraph/plugin-sdk';
import type { PluginEvents } from '../plugin-events.js';
import { publishUpdated } from './recommendation-events.js';
import type { ExpiryCause } from './rows.js';

/** Which of the open recommendations. `$1` is taken: parameters begin with `$2`. */
export interface Doomed {
  /** A condition in SQL. */
  readonly where: string;
  readonly params: readonly unknown[];
  /** `order by ... limit ...`; default: all of them. */
  readonly tail?: string;
  /** Leaves out those that somebody else is working on. For those who do not hold the conversations; default: no. */
  readonly skipLocked?: boolean;
}

/**
 * Ends open recommendations and tells subscribers. The transaction must hold their conversations, or skip what is
 * locked. Resolves with how many there were.
 */
export async function expire(
  tx: Transaction<PluginEvents>,
  cause: ExpiryCause,
  { where, params, tail = 'order by id', skipLocked = false }: Doomed,
): Promise<number> {
  const ended = await tx.query<{ id: string; conversation_id: string } & Row>(
    `with doomed as (
       select id from recommendation where status = 'OPEN' and (${where}) ${tail} for update ${skipLocked ? 'skip locked' : ''}
     )
     update recommendation set status = 'EXPIRED', expiry_cause = $1, closed_at = clock_timestamp()
      where id in (select id from doomed) returning id, conversation_id`,
    [cause, ...params],
  );
  const updates = ended.map(({ id, conversation_id }) => ({
    id,
    conversation_id,
    status: 'EXPIRED' as const,
  }));
  await publishUpdated(tx, updates);
  return ended.length;
}
