import { DeskgraphError, type SqlDatabase } from '@deskgraph/plugin-sdk';
import type { BusAdministration, DeadLetter, GroupState } from '../../event-bus.js';
import { historyGone } from '../../history-gone.js';
import { partitionOf } from '../../partition.js';

const defaultLimit = 100;

/** What operators do with the groups of the PostgreSQL log. */
export class PostgresAdministration implements BusAdministration {
  /** @param onRedelivered  told when there is something to publish */
  constructor(
    private readonly database: SqlDatabase,
    private readonly onRedelivered: () => void,
  ) {}

  async groups(): Promise<readonly GroupState[]> {
    const rows = await this.database.query<{
      name: string;
      members: string;
      lag: string;
      lag_ms: number;
      dead: string;
    }>(
      `select name, coalesce(behind.events, 0) as lag, coalesce(behind.ms, 0)::float8 as lag_ms,
              (select count(*) from group_member where group_name = name and alive_until > now()) as members,
              (select count(*) from dead_letter where group_name = name) as dead
         from consumer_group left join lateral (
           select count(*) as events, extract(epoch from clock_timestamp() - min(event.published_at)) * 1000 as ms
             from group_partition as lane join event
               on event.partition = lane.partition and event.position > lane.finished
            where lane.group_name = name and event.type = any (types)
              and (event.for_group is null or event.for_group = name)
         ) as behind on true order by name`,
    );
    return rows.map(({ name, members, lag, lag_ms, dead }) => ({
      group: name,
      members: Number(members),
      lag: Number(lag),
      lagMs: Math.round(lag_ms),
      deadLetters: Number(dead),
    }));
  }

  async deadLetters(
    options: { readonly group?: string; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const rows = await this.database.query<{
      id: string;
      group_name: string;
      envelope: string;
      code: string;
      reason: string;
      deliveries: number;
      at: Date;
    }>('select * from dead_letter where $1::text is null or group_name = $1 order by id limit $2', [
      options.group ?? null,
      options.limit ?? defaultLimit,
    ]);
    return rows.map(({ id, group_name, envelope, code, reason, deliveries, at }) => ({
      id,
      group: group_name,
      event: JSON.parse(envelope),
      code,
      reason,
      deliveries,
      at: at.toISOString(),
    }));
  }

  async redeliver(ids: readonly string[]): Promise<number> {
    const count = await this.database.transaction(async (tx) => {
      const letters = await tx.query<{ group_name: string; envelope: string }>(
        'delete from dead_letter where id = any ($1) returning group_name, envelope, id',
        [asNumbers(ids)],
      );
      for (const { group_name, envelope } of letters) {
        const { source, id, type, topic, partitionkey } = JSON.parse(envelope);
        await tx.query(
          `insert into event (source, event_id, type, topic, partition, envelope, for_group)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [source, id, type, topic, partitionOf(partitionkey), envelope, group_name],
        );
      }
      return letters.length;
    });
    this.onRedelivered();
    return count;
  }

  async discard(ids: readonly string[]): Promise<number> {
    const gone = await this.database.query('delete from dead_letter where id = any ($1) returning id', [
      asNumbers(ids),
    ]);
    return gone.length;
  }

  async replay(group: string, since: Date): Promise<number> {
    return this.database.transaction(async (tx) => {
      const [known] = await tx.query<{ types: string[] }>(
        'update consumer_group set generation = generation + 1 where name = $1 returning types',
        [group],
      );
      if (known === undefined) throw new DeskgraphError('NOT_FOUND', `There is no consumer group ${group}.`);
      const [start] = await tx.query<{ before: string; pruned_at: boolean; events: string }>(
        `select before, before < pruned_through as pruned_at,
                (select count(*) from event where position > before and type = any ($2)) as events
           from head, (select coalesce(min(position) - 1, max(last_position)) as before
                         from head left join event on published_at >= $1) as chosen`,
        [since, known.types],
      );
      if (start === undefined || start.pruned_at) throw historyGone();
      await tx.query('update group_partition set finished = $2 where group_name = $1', [group, start.before]);
      return Number(start.events);
    });
  }
}

/** Ids that are no numbers name no dead letter. */
function asNumbers(ids: readonly string[]): string[] {
  return ids.filter((id) => /^\d{1,18}$/.test(id));
}
