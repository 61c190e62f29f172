import { randomUUID } from 'node:crypto';
import type { Failure, GroupLog, LogEntry } from '../../groups/group-log.js';
import { PartitionProgress } from '../../groups/partition-progress.js';
import { partitionCount } from '../../partition.js';
import type { EventLog } from './event-log.js';

/** Longest wait of a read for events. */
const waitMs = 1_000;

/** What a group's storage is given. */
export interface PostgresGroupLogOptions {
  readonly log: EventLog;
  readonly group: string;
  readonly types: () => ReadonlySet<string>;
  /** Position up to which the log was followed: everything up to it is visible. */
  readonly frontier: () => number;
  /** Resolves when the frontier has moved, at the latest after the time, or when the signal aborts. */
  readonly moved: (timeoutMs: number, signal: AbortSignal) => Promise<void>;
}

/** A consumer group in PostgreSQL: a row for each partition has its owner and how far it is finished. */
export class PostgresGroupLog implements GroupLog {
  readonly #member = randomUUID();
  /** Of the partitions that are owned, as far as they were read here. */
  readonly #progress = new Map<number, PartitionProgress>();
  /** What the partitions that are owned had finished when they were leased last. */
  #leased = new Map<number, number>();
  /** Positions with a row in `failed_delivery`. */
  readonly #counted = new Set<number>();
  #generation = 0;
  #created = false;

  constructor(private readonly options: PostgresGroupLogOptions) {}

  get generation(): number {
    return this.#generation;
  }

  async lease(leaseMs: number): Promise<ReadonlySet<number>> {
    const { log, group } = this.options;
    if (!this.#created) await this.#create();
    await this.#save();
    const rows = await log.database.query<{ partition: number; finished: string; generation: number }>(
      'select * from lease_partitions($1, $2, $3)',
      [group, this.#member, leaseMs],
    );
    const generation = rows[0]?.generation ?? this.#generation;
    // Set back: what was read here counts no more.
    if (generation !== this.#generation) this.#progress.clear();
    this.#generation = generation;
    this.#leased = new Map(rows.map(({ partition, finished }) => [partition, Number(finished)]));
    return new Set(this.#leased.keys());
  }

  async release(): Promise<void> {
    const { log, group } = this.options;
    await this.#save();
    this.#progress.clear();
    await log.database.query(
      `with gone as (delete from group_member where group_name = $1 and member = $2)
       update group_partition set owner = null, leased_until = '-infinity' where group_name = $1 and owner = $2`,
      [group, this.#member],
    );
  }

  async read(partitions: readonly number[], max: number, signal: AbortSignal): Promise<readonly LogEntry[]> {
    const found = await this.#readOnce(partitions, max);
    if (found.length > 0 || signal.aborted) return found;
    await this.options.moved(waitMs, signal);
    return signal.aborted ? [] : this.#readOnce(partitions, max);
  }

  forget(partition: number): void {
    this.#progress.delete(partition);
  }

  async finish(entries: readonly LogEntry[]): Promise<void> {
    for (const { partition, id } of entries) this.#progress.get(partition)?.finish(Number(id));
    await this.#save();
    const counted = entries.map(({ id }) => Number(id)).filter((position) => this.#counted.delete(position));
    if (counted.length === 0) return;
    await this.options.log.database.query(
      'delete from failed_delivery where group_name = $1 and position = any ($2)',
      [this.options.group, counted],
    );
  }

  async countDelivery({ id }: LogEntry, deliveries: number): Promise<void> {
    this.#counted.add(Number(id));
    await this.options.log.database.query(
      `insert into failed_delivery (group_name, position, deliveries) values ($1, $2, $3)
       on conflict (group_name, position) do update set deliveries = excluded.deliveries`,
      [this.options.group, id, deliveries],
    );
  }

  async bury({ id, event }: LogEntry, { code, reason, deliveries }: Failure): Promise<void> {
    await this.options.log.database.query(
      `insert into dead_letter (group_name, position, envelope, code, reason, deliveries)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [this.options.group, id, JSON.stringify(event), code, reason, deliveries],
    );
  }

  /** Makes the group where it is new: it begins with what is published from now on. */
  async #create(): Promise<void> {
    const { log, group, types } = this.options;
    await log.database.transaction(async (tx) => {
      await tx.query(
        `insert into consumer_group (name, types) values ($1, $2)
         on conflict (name) do update set types = excluded.types`,
        [group, [...types()]],
      );
      await tx.query(
        `insert into group_partition (group_name, partition, finished)
         select $1, partition, last_position from head, generate_series(0, $2::integer - 1) as partition
         on conflict do nothing`,
        [group, partitionCount],
      );
    });
    this.#created = true;
  }

  async #readOnce(partitions: readonly number[], max: number): Promise<LogEntry[]> {
    const { log, group, types } = this.options;
    const through = this.options.frontier();
    const lanes = partitions.flatMap((partition) => {
      const progress = this.#progressOf(partition);
      return progress !== undefined && progress.readThrough < through ? [{ partition, progress }] : [];
    });
    if (lanes.length === 0) return [];
    const after = new Map(lanes.map(({ partition, progress }) => [partition, progress.readThrough]));
    const events = await log.ofPartitions(after, { group, types: [...types()], through, max });
    for (const { partition, position, deliveries } of events) {
      this.#progress.get(partition)?.begin(position);
      if (deliveries > 0) this.#counted.add(position);
    }
    // A full answer is complete only up to its last event.
    const readThrough = events.length < max ? through : (events.at(-1)?.position ?? through);
    for (const { progress } of lanes) progress.read(readThrough);
    return events.map(({ position, ...entry }) => ({ ...entry, id: String(position) }));
  }

  #progressOf(partition: number): PartitionProgress | undefined {
    const known = this.#progress.get(partition);
    const finished = this.#leased.get(partition);
    if (known !== undefined || finished === undefined) return known;
    const progress = new PartitionProgress(finished);
    this.#progress.set(partition, progress);
    return progress;
  }

  async #save(): Promise<void> {
    const grown = [...this.#progress].filter(([, progress]) => progress.takeGrowth());
    if (grown.length === 0) return;
    await this.options.log.database.query('select save_progress($1, $2, $3, $4, $5)', [
      this.options.group,
      this.#member,
      this.#generation,
      grown.map(([partition]) => partition),
      grown.map(([, progress]) => progress.finished),
    ]);
  }
}
