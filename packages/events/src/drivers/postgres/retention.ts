import type { Logger, SqlDatabase } from '@deskgraph/plugin-sdk';

const everyMs = 10 * 60_000;
const batchSize = 5_000;
/** A group that no process was seen of for this long holds nothing back any more. */
const abandonedAfter = '7 days';
const keptFor = '24 hours';
const inboxKeptFor = '30 days';

/** Deletes what is older than it needs to be: published events that every group has finished, and inbox rows. */
export class Retention {
  readonly #timer: NodeJS.Timeout;
  #pruning: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly database: SqlDatabase,
    private readonly log: Logger | undefined,
  ) {
    this.#timer = setInterval(() => {
      this.#pruning = this.prune();
    }, everyMs).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#pruning;
  }

  /** Never rejects. */
  async prune(): Promise<void> {
    try {
      while (!this.#stopped && (await this.#pruneSome()) === batchSize);
      await this.database.query(`delete from inbox where at < now() - interval '${inboxKeptFor}'`);
    } catch (error) {
      this.log?.warn({ error }, 'old events could not be deleted; that is tried again');
    }
  }

  /** What was deleted is noted, so that nobody resumes from before it. */
  async #pruneSome(): Promise<number> {
    const [row] = await this.database.query<{ deleted: string }>(
      `with held as (
         select min(finished) as through from group_partition
          where leased_until > now() - interval '${abandonedAfter}'
       ), old as (
         delete from event where id in (
           select id from event, held
            where position is not null and published_at < now() - interval '${keptFor}'
              and (held.through is null or position <= held.through)
            order by position limit ${batchSize})
         returning position
       ), noted as (
         update head set pruned_through = greatest(pruned_through, (select max(position) from old))
          where exists (select from old)
       )
       select count(*) as deleted from old`,
    );
    return Number(row?.deleted ?? 0);
  }
}
