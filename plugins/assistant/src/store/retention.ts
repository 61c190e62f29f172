import type { SqlRunner } from '@deskgraph/plugin-sdk';

/** Longest time a recommendation can be of use: what is known of orders is kept as long. */
export const maxRelevanceSeconds = 30 * 24 * 3600;

const keepDecisionsDays = 7;
const keepRecommendationsDays = 90;
const batch = 5_000;

/** Deletes what nobody needs any more, at most 5 000 rows of each kind at a time. Resolves with how many. */
export async function forgetOld(database: SqlRunner): Promise<number> {
  const counts = [
    await forget(database, 'decision', 'id', `decided_at < now() - interval '${keepDecisionsDays} days'`),
    await forget(
      database,
      'order_timeline',
      'order_id',
      `updated_at < now() - interval '${maxRelevanceSeconds} seconds'`,
    ),
    await forget(
      database,
      'recommendation',
      'id',
      `status <> 'OPEN' and closed_at < now() - interval '${keepRecommendationsDays} days'`,
    ),
  ];
  return counts.reduce((sum, count) => sum + count, 0);
}

async function forget(database: SqlRunner, table: string, key: string, old: string): Promise<number> {
  const rows = await database.query(
    `delete from ${table} where ${key} in (select ${key} from ${table} where ${old} limit ${batch}
       for update skip locked) returning 1`,
  );
  return rows.length;
}
