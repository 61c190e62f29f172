import type { SqlRunner } from '@deskgraph/plugin-sdk';

/**
 * Holds conversations until the transaction ends: whoever makes or ends recommendations in them waits. Taken before
 * any of their rows is touched, all at once and in one order, so that nobody waits in a circle.
 */
export async function lockConversations(tx: SqlRunner, ids: readonly string[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(key) from (
       select distinct hashtextextended('assistant ' || id, 0) as key from unnest($1::text[]) as id order by key
     ) as keys`,
    [ids],
  );
}
